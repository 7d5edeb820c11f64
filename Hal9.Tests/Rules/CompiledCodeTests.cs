using Hal9.Tests.Rules.Samples;

namespace Hal9.Tests.Rules;

/// <summary>The reader that the rules stand on sees a reference wherever C# can put one.</summary>
public sealed class CompiledCodeTests
{
    private static readonly CompiledCode Own = CompiledCode.Read(typeof(CompiledCodeTests).Assembly);

    [Theory]
    [InlineData(nameof(AsAncestor), "System", "EventArgs")]
    [InlineData(nameof(AsInterface), "System", "IAsyncDisposable")]
    [InlineData(nameof(AsConstraint), "System", "IFormattable")]
    [InlineData(nameof(AsAttribute), "System", "ObsoleteAttribute")]
    [InlineData(nameof(AsField), "System.Text", "StringBuilder")]
    [InlineData(nameof(AsTypeArgument), "System.Text", "Rune")]
    [InlineData(nameof(AsParameter), "System", "Version")]
    [InlineData(nameof(AsStaticCall), "System.Diagnostics", "Stopwatch")]
    [InlineData(nameof(AsTypeOf), "Microsoft.AspNetCore.Builder", "WebApplication")]
    [InlineData(nameof(AsCaught), "System", "TimeoutException")]
    [InlineData(nameof(InLambda), "System", "UriBuilder")]
    [InlineData(nameof(InAsync), "System.Threading", "PeriodicTimer")]
    public void References_OfEveryKind_AreSeen(string place, string space, string name) =>
        Assert.Contains((new TypeName("Hal9.Tests.Rules.Samples", place), new TypeName(space, name)), Own.References);

    [Fact]
    public void Strings_AndMembers_AreSeen()
    {
        var place = new TypeName("Hal9.Tests.Rules.Samples", nameof(AsStaticCall));

        Assert.Contains((place, "a literal of the sample"), Own.Strings);
        Assert.Contains((place, new TypeName("System.Diagnostics", "Stopwatch"), "GetTimestamp"), Own.Members);
    }
}
