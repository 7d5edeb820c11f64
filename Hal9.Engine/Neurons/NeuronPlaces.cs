namespace Hal9.Engine.Neurons;

/// <summary>The places of one neuron, first come first served. Not thread-safe by itself: its grain, or a lock, is around it.</summary>
internal sealed class NeuronPlaces
{
    private readonly LinkedList<TaskCompletionSource<bool>> waiting = new();
    private int active;
    private long handled;

    public NeuronLoad Load => new(active, waiting.Count, handled);

    /// <summary>Takes a place if one is free, else queues up.</summary>
    public Task<bool> Enter(int places, out Action giveUp)
    {
        if (active < places)
        {
            active++;
            handled++;
            giveUp = static () => { };
            return Task.FromResult(true);
        }
        var place = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var node = waiting.AddLast(place);
        giveUp = () =>
        {
            if (node.List is not null)
            {
                waiting.Remove(node);
                place.TrySetResult(false);
            }
        };
        return place.Task;
    }

    /// <summary>Gives a place back: the longest waiting one gets it.</summary>
    public void Leave()
    {
        if (waiting.First is { } next)
        {
            waiting.RemoveFirst();
            handled++;
            next.Value.TrySetResult(true);
        }
        else if (active > 0)
        {
            active--;
        }
    }
}

/// <summary>The gate of a process without a silo.</summary>
internal sealed class LocalNeuronGate : INeuronGate
{
    private readonly Dictionary<(Guid, string), NeuronPlaces> neurons = [];
    private readonly Lock gate = new();

    public async ValueTask<IAsyncDisposable> EnterAsync(Guid tenantId, string neuron, int places, CancellationToken cancellationToken)
    {
        Task<bool> entering;
        Action giveUp;
        NeuronPlaces own;
        lock (gate)
        {
            if (!neurons.TryGetValue((tenantId, neuron), out own!))
            {
                neurons[(tenantId, neuron)] = own = new NeuronPlaces();
            }
            entering = own.Enter(places, out giveUp);
        }
        await using var stop = cancellationToken.Register(() =>
        {
            lock (gate)
            {
                giveUp();
            }
        });
        if (!await entering.ConfigureAwait(false))
        {
            throw new OperationCanceledException(cancellationToken);
        }
        return new Place(() =>
        {
            lock (gate)
            {
                own.Leave();
            }
        });
    }

    private sealed class Place(Action leave) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            leave();
            return ValueTask.CompletedTask;
        }
    }
}
