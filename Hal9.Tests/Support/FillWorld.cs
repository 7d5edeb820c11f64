using System.Text;
using Hal9.Engine.Budgets;

namespace Hal9.Tests.Support;

/// <summary>A run to fill in.</summary>
internal sealed record FillRun(Guid User, Guid? Key, string Kind, string Mode, string Status, string Goal, int Calls, string[] Tags, int Thumb, int Provider, double Dearness);

/// <summary>A model call to fill in.</summary>
internal sealed record FillCall(string Neuron, string Provider, string Model, TokenUsage Usage, long Nano, string PriceVersion)
{
    public long Input => Usage.Input;

    public long Output => Usage.Output;
}

/// <summary>Who asks, for what, with which words and models: the made-up world of <see cref="TenantFiller"/>, the same for the same seed.</summary>
internal sealed class FillWorld
{
    public const string RareWord = "axolotl";
    public const string UsualWord = "harbour";

    // A word in so many messages.
    private const int RareOf = 20_000;
    private const int UsualOf = 20;

    private static readonly (string Name, string Layer)[] Neurons =
        [("strategist", "L4"), ("analyst", "L3"), ("architect", "L3"), ("writer", "L2"), ("coder", "L2"), ("tester", "L2"), ("researcher", "L2")];

    // By provider: strong, balanced, fast, with pico-USD per token in and out.
    private static readonly (string Provider, (string Model, long In, long Out)[] Models)[] Offers =
    [
        ("openai", [("gpt-5", 1_250_000, 10_000_000), ("gpt-5-mini", 250_000, 2_000_000), ("gpt-4o-mini", 150_000, 600_000)]),
        ("anthropic", [("claude-opus-4-1", 15_000_000, 75_000_000), ("claude-sonnet-4-5", 3_000_000, 15_000_000), ("claude-haiku-4-5", 1_000_000, 5_000_000)]),
        ("google", [("gemini-2.5-pro", 1_250_000, 10_000_000), ("gemini-2.5-flash", 300_000, 2_500_000), ("gemini-2.5-flash-lite", 100_000, 400_000)]),
    ];

    private readonly Random random;
    private readonly string[] words;
    private DateTimeOffset? first;

    public FillWorld(Random random, int people)
    {
        this.random = random;
        People = [.. Enumerable.Range(0, people).Select(_ => NewId())];
        Keys = [.. People.Where((_, i) => i % 3 == 0).Select(owner => (NewId(), owner))];
        words = [.. Enumerable.Range(0, 4000).Select(_ => NewWord())];
    }

    public IReadOnlyList<Guid> People { get; }

    public IReadOnlyList<(Guid Key, Guid Owner)> Keys { get; }

    public static string LayerOf(string neuron) => neuron.Length == 0 ? "L2" : Neurons.First(n => n.Name == neuron).Layer;

    public int Next(int most) => random.Next(most);

    public FillRun NextRun(DateTimeOffset at, bool isApi)
    {
        first ??= at;
        // Few people do most of the work.
        var user = (int)(People.Count * Math.Pow(random.NextDouble(), 2));
        var key = isApi && random.Next(4) > 0 ? Keys[random.Next(Keys.Count)] : default;
        var (mode, calls) = random.Next(10) switch { < 5 => ("Quick", 1), < 8 => ("Standard", 5), _ => ("Deep", 11) };
        var status = random.Next(1000) switch { < 12 => "Failed", < 15 => "Cancelled", < 16 => "Refused", _ => "Succeeded" };
        string[] tags = isApi && random.Next(3) == 0 ? [random.Next(3) switch { 0 => "ci", 1 => "nightly", _ => "import" }] : [];
        var thumb = status == "Succeeded" && random.Next(100) < 4 ? (random.Next(4) == 0 ? -1 : 1) : 0;
        var day = (int)(at - first.Value).TotalDays;
        return new FillRun(
            key.Key == default ? People[user] : key.Owner, key.Key == default ? null : key.Key, isApi ? "Api" : "Chat", mode, status, Sentence(9), calls, tags, thumb, user % Offers.Length,
            day % 37 == 33 ? 5 : at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0.5 : 1);
    }

    public FillCall NextCall(FillRun run, int number)
    {
        var place = run.Mode switch
        {
            "Quick" => 3,
            "Standard" => number is 0 or 4 ? 1 : 3 + random.Next(4),
            _ => number is 0 or 10 ? 0 : number is 1 or 5 or 9 ? 1 + random.Next(2) : 3 + random.Next(4),
        };
        var (neuron, layer) = Neurons[place];
        var (provider, models) = Offers[run.Provider];
        var (model, perIn, perOut) = models[layer switch { "L4" => 0, "L3" => 1, _ => 2 }];
        var input = (long)((200 + random.Next(3000)) * run.Dearness);
        var cached = random.Next(3) == 0 ? input / 2 : 0;
        var written = cached > 0 && random.Next(4) == 0 ? input / 8 : 0;
        var output = (long)((20 + random.Next(700)) * run.Dearness);
        var pico = ((input - cached) * perIn) + (cached * perIn / 10) + (output * perOut);
        return new FillCall(
            neuron, provider, model, new TokenUsage(input, output, cached, written, 0, layer == "L4" ? output / 3 : 0), (pico + 500) / 1000,
            random.Next(5000) == 0 ? PriceList.CeilingVersion : $"shipped-2026-08-21/{provider}/{model}");
    }

    /// <summary>So many words; some are usual, and now and then there is one that is nearly nowhere.</summary>
    public string Sentence(int length)
    {
        var text = new StringBuilder(length * 8);
        for (var i = 0; i < length; i++)
        {
            // Words of a language: the first are said far more often than the last.
            text.Append(words[(int)(words.Length * Math.Pow(random.NextDouble(), 3))]).Append(i == length - 1 ? '.' : ' ');
        }
        if (random.Next(UsualOf) == 0)
        {
            text.Append(' ').Append(UsualWord);
        }
        if (random.Next(RareOf) == 0)
        {
            text.Append(' ').Append(RareWord);
        }
        return text.ToString();
    }

    private Guid NewId()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        (bytes[6], bytes[8]) = ((byte)(0x70 | (bytes[6] & 15)), (byte)(0x80 | (bytes[8] & 63)));
        return new Guid(bytes, bigEndian: true);
    }

    private string NewWord()
    {
        string[] parts = ["ba", "re", "mi", "tol", "san", "ke", "ru", "vin", "da", "los", "pe", "ni", "gar", "hu", "es", "tra"];
        return string.Concat(Enumerable.Range(0, 2 + random.Next(3)).Select(_ => parts[random.Next(parts.Length)]));
    }
}
