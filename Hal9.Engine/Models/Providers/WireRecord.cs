using System.Text;
using System.Text.Json;

namespace Hal9.Engine.Models.Providers;

/// <summary>What was seen of one attempt on the wire: the facts that money and error messages rest on, whatever an SDK makes of them.</summary>
internal sealed class WireRecord
{
    private readonly SortedDictionary<int, StringBuilder> arguments = [];

    /// <summary>The record of the call that the current flow of execution makes. Read once, when the request is sent.</summary>
    public static AsyncLocal<WireRecord?> Current { get; } = new();

    /// <summary>Where waiting for the provider is counted.</summary>
    public WaitClock? Clock { get; set; }

    /// <summary>True once bytes may have reached the provider.</summary>
    public bool Sent { get; set; }

    /// <summary>True when it is certain that the provider charges nothing: never reached, or refused with an HTTP error before any answer.</summary>
    public bool NotCharged { get; set; }

    /// <summary>An end mark was seen: a finish reason, or the shape's last event.</summary>
    public bool Finished { get; set; }

    /// <summary>Some piece of an answer was seen.</summary>
    public bool Answered { get; set; }

    /// <summary>The endpoint lacks something that the request had, and this was noted just now: the same call can be made again without it.</summary>
    public bool Learned { get; set; }

    /// <summary>Reads a refusal of this request; true when the next one will be different.</summary>
    public Func<string, bool>? Learn { get; set; }

    /// <summary>The usage object as it came; of several the union, later ones first.</summary>
    public Dictionary<string, JsonElement>? Usage { get; private set; }

    /// <summary>What went wrong, in our words.</summary>
    public ModelCallFailed? Fault { get; set; }

    /// <summary>The usage as one JSON text, or null. Bounded: what is longer is not kept.</summary>
    public string? RawUsage => Usage is null || JsonSerializer.Serialize(Usage) is not { Length: <= 4096 } text ? null : text;

    /// <summary>The arguments of the n-th tool call (from 0), as the model wrote them.</summary>
    public string ArgumentsOf(int number) => arguments.Values.ElementAtOrDefault(number)?.ToString() ?? "";

    /// <summary>Notes a piece of the arguments of the tool call at that place.</summary>
    public void AddArguments(int place, string? piece)
    {
        if (!arguments.TryGetValue(place, out var text))
        {
            arguments[place] = text = new StringBuilder();
        }
        text.Append(piece);
    }

    public void AddUsage(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object)
        {
            return;
        }
        Usage ??= [];
        foreach (var property in usage.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Null || !Usage.ContainsKey(property.Name))
            {
                Usage[property.Name] = property.Value.Clone();
            }
        }
    }
}
