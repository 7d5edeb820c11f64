using System.CommandLine;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>What a project made, taken away.</summary>
internal static class CodegenFiles
{
    private const string Projects = "api/v1/codegen/projects";
    private static readonly Column[] Lines = [new("path", "File"), new("role", "Role"), new("content", "Text", Show.Short)];

    public static Command Files(Tool tool)
    {
        var id = Parts.Id("The project.");
        var path = new Option<string?>("--path") { Description = "One file, with its whole text on standard output.", HelpName = "path" };
        return tool.Does(new Command("files", "A project's files.").With(id, path), async (call, result, cancellationToken) =>
        {
            var files = await call.Console.GetAsync(Address.Of($"{Projects}/{result.GetValue(id)}/files", ("path", result.GetValue(path))), cancellationToken);
            if (result.GetValue(path) is not null && call.Printer.Format == OutputFormat.Table)
            {
                await call.Around.Out.WriteAsync(files.Root.GetProperty("items")[0].GetProperty("content").GetString());
                return ExitCode.Ok;
            }
            await call.Printer.ListAsync(files, Lines, "There are no files yet.");
            return ExitCode.Ok;
        });
    }

    public static Command Download(Tool tool)
    {
        var id = Parts.Id("The project.");
        var kind = new Option<string>("--kind") { Description = "zip, bundle (git) or evidence (proof.json).", HelpName = "kind", DefaultValueFactory = _ => "zip" };
        kind.AcceptOnlyFromAmong("zip", "bundle", "evidence");
        var to = new Option<string?>("--to") { Description = "The file to write; it must not be there yet. Else a name of the project's own here.", HelpName = "file" };
        return tool.Does(new Command("download", "A project as zip, as git bundle, or its evidence.").With(id, kind, to), async (call, result, cancellationToken) =>
        {
            var (what, name) = result.GetValue(kind) switch { "bundle" => ("bundle", $"project-{result.GetValue(id):N}.bundle"), "evidence" => ("evidence", "proof.json"), _ => ("archive", $"project-{result.GetValue(id):N}.zip") };
            var file = result.GetValue(to) ?? name;
            using var answer = await call.Console.OpenAsync(HttpMethod.Get, $"{Projects}/{result.GetValue(id)}/{what}", null, cancellationToken);
            try
            {
                await using var target = new FileStream(file, FileMode.CreateNew);
                await answer.Content.CopyToAsync(target, cancellationToken);
            }
            catch (IOException e) when (File.Exists(file))
            {
                throw new ToolFailure(ExitCode.Usage, $"{file} cannot be written: {e.Message}", "Give another name with --to.");
            }
            await call.Around.Out.WriteLineAsync(file);
            return ExitCode.Ok;
        });
    }
}
