using Hal9.Engine;
using Hal9.Engine.Budgets;

namespace Hal9.Tests.Engine.Budgets;

public sealed class LedgerChainTests
{
    private static LedgerRow Row => new()
    {
        TenantId = Id(1), Seq = 1, At = DateTimeOffset.FromUnixTimeMilliseconds(1795348800123), Kind = LedgerKind.Settle, CallId = Id(2), Amount = new Usd(2100), Tokens = 30,
        UserId = Id(3), KeyId = null, RunId = Id(4), StepId = Id(5), Neuron = "Überprüfer", Layer = "L2", RunKind = "Api", Provider = "openai", Model = "gpt-4o-mini",
        InputTokens = 20, CachedTokens = 5, CacheWriteTokens = 3, OutputTokens = 10, ReasoningTokens = 4, PriceVersion = "shipped/openai/gpt-4o-mini", Flags = "estimated overrun",
        Reason = null, PrevHash = LedgerChain.Origin, Hash = "",
    };

    // Computed by another program from the documented form: whoever changes the form makes every stored ledger look altered.
    [Fact]
    public void Hash_OfAKnownEntry_NeverChanges() => Assert.Equal("ceb8d4a293d1cc804e99da704e48e511640790d7877043ceb380896d38180cbe", new LedgerChain().Hash(Row, LedgerChain.Origin));

    [Fact]
    public void Hash_DependsOnTheOneBefore() =>
        Assert.NotEqual(new LedgerChain().Hash(Row, LedgerChain.Origin), new LedgerChain().Hash(Row, LedgerChain.Origin[..63] + "1"));

    [Fact]
    public void Hash_AfterSomethingThatIsNoHash_IsAnError() => Assert.Throws<FormatException>(() => new LedgerChain().Hash(Row, "x"));

    private static Guid Id(int last) => Guid.Parse($"018f0000-0000-7000-8000-00000000000{last}");
}
