using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>An answer while it comes, and its receipt.</summary>
internal sealed class ChatAnswer(Call call, string model)
{
    private readonly StringBuilder text = new();

    /// <summary>What came so far.</summary>
    public string Text => text.ToString();

    /// <exception cref="ToolFailure">It was refused, failed, or broke off.</exception>
    public async Task WriteAsync(IEnumerable<JsonObject> messages, CancellationToken cancellationToken)
    {
        using var answer = await call.Console.OpenAsync(HttpMethod.Post, "v1/chat/completions", ChatCommand.Order(model, messages, stream: true), cancellationToken);
        var ended = false;
        string? receipt = null;
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var item in EventStream.ReadAsync(stream, call.Around.Time, cancellationToken))
            {
                if (item.Data == "[DONE]")
                {
                    ended = true;
                    break;
                }
                receipt = await TakeAsync(item.Data) ?? receipt;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new ToolFailure(ExitCode.Unreachable, "The answer broke off.", e.Message);
        }
        finally
        {
            await call.Around.Out.FlushAsync(CancellationToken.None);
        }
        if (!ended)
        {
            throw new ToolFailure(ExitCode.Unreachable, "The answer broke off.", "The stream ended before its last word.");
        }
        await call.Around.Out.WriteLineAsync();
        if (receipt is not null)
        {
            await call.NoteAsync(receipt);
        }
    }

    private async Task<string?> TakeAsync(string data)
    {
        using var chunk = JsonDocument.Parse(data);
        var root = chunk.RootElement;
        if (root.TryGetProperty("error", out var error))
        {
            await call.Around.Out.WriteLineAsync();
            throw Refusals.OfOpenAi(500, error, null);
        }
        foreach (var choice in root.GetProperty("choices").EnumerateArray())
        {
            var delta = choice.GetProperty("delta");
            if ((delta.TryGetProperty("content", out var piece) || delta.TryGetProperty("refusal", out piece)) && piece.GetString() is { Length: > 0 } fresh)
            {
                text.Append(fresh);
                // What is piped on is data and stays as it is; only a terminal obeys control characters.
                await call.Around.Out.WriteAsync(call.Around.OutputIsTerminal ? Plain.Text(fresh) : fresh);
                await call.Around.Out.FlushAsync();
            }
        }
        return root.TryGetProperty("hal9", out var note) && note.ValueKind == JsonValueKind.Object
            ? $"${note.GetProperty("costUsd").GetString()}, {note.GetProperty("provenance").GetString()}, {TokensOf(root)} tokens, run {note.GetProperty("runId").GetString()}"
            : null;
    }

    private static string TokensOf(JsonElement chunk) =>
        chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object ? usage.GetProperty("total_tokens").GetInt64().ToString("N0", CultureInfo.InvariantCulture) : "?";
}
