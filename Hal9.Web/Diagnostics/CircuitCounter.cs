using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Hal9.Web.Diagnostics;

/// <summary>How many pages are open in browsers: circuits that the server keeps, and those whose browser is connected.</summary>
internal sealed class CircuitCounter : CircuitHandler
{
    private int open;
    private int connected;

    public int Open => Volatile.Read(ref open);

    public int Connected => Volatile.Read(ref connected);

    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken) => Change(ref open, 1);

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken) => Change(ref open, -1);

    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken) => Change(ref connected, 1);

    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken) => Change(ref connected, -1);

    private static Task Change(ref int counter, int by)
    {
        Interlocked.Add(ref counter, by);
        return Task.CompletedTask;
    }
}
