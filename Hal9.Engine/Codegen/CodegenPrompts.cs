using System.Globalization;
using System.Text;
using System.Text.Json;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;

namespace Hal9.Engine.Codegen;

/// <summary>What the neurons of a project are asked. The first section is one line of JSON, so that nothing that a person wrote can look like a heading.</summary>
internal static class CodegenPrompts
{
    public const string Project = "## Project";
    public const string Answers = "## Answers";
    public const string Spec = "## Specification";
    public const string Surface = "## Public surface";
    public const string Design = "## Design";
    public const string Module = "## Module";
    public const string Files = "## Files";
    public const string Evidence = "## What is red";
    public const string Earlier = "## Earlier attempts";
    public const string Before = "## Feedback on your last answer";
    public const string Direction = "## Direction from above";
    public const string Task = "## Your task now";

    // Failing evidence, head and tail: what is longer hides the cause more than it shows it.
    private const int MostEvidence = 2048;
    private static readonly JsonSerializerOptions Indented = new(Contracts.Json) { WriteIndented = true };

    /// <summary>The project's own line.</summary>
    /// <param name="Brief">The request.</param>
    /// <param name="Kind">The kind of project, as its word.</param>
    /// <param name="Language">Its language, as its word.</param>
    /// <param name="Module">The module that is asked for; empty: the whole.</param>
    /// <param name="Attempt">Which attempt at it, from 1.</param>
    internal sealed record Head(string Brief, string Kind, string Language, string Module, int Attempt);

    public static Prompts Of(ProjectRow project, string module = "", int attempt = 1) => new Prompts().Part(
        Project, JsonSerializer.Serialize(new Head(project.Brief, project.Kind.Word(), ProjectWords.LanguageOf(project.Kind).Word(), module, attempt), Contracts.Json), PromptSource.Goal);

    public static Prompts Shows<T>(this Prompts prompt, string heading, T value, PromptSource source = PromptSource.Before) =>
        prompt.Part(heading, JsonSerializer.Serialize(value, Indented), source);

    public static Prompts ShowsFiles(this Prompts prompt, IEnumerable<CodeFile> files)
    {
        var text = new StringBuilder();
        foreach (var file in files)
        {
            var fence = FenceFor(file.Content);
            text.Append(CultureInfo.InvariantCulture, $"### {file.Path} (sha {EditApplier.ShownSha(file.Content)})\n{fence}\n{file.Content}\n{fence}\n\n");
        }
        return text.Length == 0 ? prompt : prompt.Part(Files, text.ToString(), PromptSource.Before);
    }

    public static Prompts AsksFor(this Prompts prompt, string task, string? feedback = null)
    {
        if (feedback is { Length: > 0 })
        {
            prompt.Part(Before, feedback, PromptSource.Feedback);
        }
        return prompt.Part(Task, task, PromptSource.Task);
    }

    /// <summary>What is red, for a model: failures with their places, head and tail. Of held-out tests it is the criterion alone.</summary>
    public static string EvidenceOf(VerificationReport report)
    {
        var text = new StringBuilder();
        foreach (var failure in report.Failures)
        {
            text.Append(CultureInfo.InvariantCulture, $"- rung {failure.Rung}, ").Append(
                failure.Rung == (int)VerificationDepth.HeldOut ? $"a held-out test of {failure.Criterion ?? "a criterion"} fails" : Line(failure)).Append('\n');
        }
        var whole = text.ToString();
        return whole.Length <= MostEvidence ? whole : $"{whole[..(MostEvidence * 2 / 3)]}\n[…]\n{whole[^(MostEvidence / 3)..]}";
    }

    private static string Line(RungFailure failure) =>
        $"{failure.Id}{(failure.File is null ? "" : $" at {failure.File}{(failure.Line is { } line ? $":{line}" : "")}")}{(failure.Criterion is { } criterion ? $" ({criterion})" : "")}: {failure.Message}";

    private static string FenceFor(string content)
    {
        var (longest, current) = (2, 0);
        foreach (var character in content)
        {
            current = character == '`' ? current + 1 : 0;
            longest = Math.Max(longest, current);
        }
        return new string('`', longest + 1);
    }
}
