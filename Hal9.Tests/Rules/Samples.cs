using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;

namespace Hal9.Tests.Rules.Samples;

// Each type refers to one other type in one way: CompiledCodeTests expects all of them to be seen.
#pragma warning disable CA1812 // They are read, never made.

internal sealed class AsAncestor : EventArgs;

internal sealed class AsInterface : IAsyncDisposable
{
    public ValueTask DisposeAsync() => default;
}

internal sealed class AsConstraint
{
    public static void Take<T>() where T : IFormattable { }
}

internal sealed class AsAttribute
{
    [Obsolete("for the sample")]
    public static void Take() { }
}

internal sealed class AsField
{
    public StringBuilder? Field;
}

internal sealed class AsTypeArgument
{
    public static void Take() => new List<Rune[]>().Clear();
}

internal sealed class AsParameter
{
    public static void Take(in Version? version) => _ = version;
}

internal sealed class AsStaticCall
{
    public static string Take() => "a literal of the sample" + Stopwatch.GetTimestamp();
}

internal sealed class AsTypeOf
{
    public static object Take() => typeof(WebApplication);
}

internal sealed class AsCaught
{
    public static void Take()
    {
        try
        {
            GC.KeepAlive(null);
        }
        catch (TimeoutException)
        {
        }
    }
}

internal sealed class InLambda
{
    public static Func<object> Take(int seed) => () => new UriBuilder(seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

internal sealed class InAsync
{
    public static async Task Take()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromDays(1));
        await Task.Yield();
    }
}
