namespace Hal9.Engine.Conversations;

/// <summary>A conversation's messages as the tree that they are.</summary>
internal sealed class MessageTree
{
    private readonly Dictionary<Guid, MessageRow> byId;
    private readonly ILookup<Guid?, MessageRow> childrenOf;

    public MessageTree(IReadOnlyList<MessageRow> oldestFirst)
    {
        byId = oldestFirst.ToDictionary(m => m.Id);
        childrenOf = oldestFirst.ToLookup(m => m.ParentId);
    }

    /// <summary>All of them, oldest first.</summary>
    public IReadOnlyList<MessageView> All => [.. byId.Values.OrderBy(row => row.Id).Select(View)];

    public bool Has(Guid id) => byId.ContainsKey(id);

    /// <summary>From the first message down to this one.</summary>
    public IReadOnlyList<MessageView> PathTo(Guid? id)
    {
        var path = new List<MessageView>();
        while (id is { } at && byId.TryGetValue(at, out var row))
        {
            path.Add(View(row));
            id = row.ParentId;
        }
        path.Reverse();
        return path;
    }

    /// <summary>The path to a message and on from it by the newest children; without a message, the newest branch.</summary>
    public IReadOnlyList<MessageView> BranchThrough(Guid? id)
    {
        var end = id is { } known && byId.ContainsKey(known) ? known : childrenOf[null].LastOrDefault()?.Id;
        while (end is { } at && childrenOf[at].LastOrDefault() is { } newest)
        {
            end = newest.Id;
        }
        return PathTo(end);
    }

    private MessageView View(MessageRow row) => new(
        row.Id, row.ParentId, row.Role, row.Status, row.Content, row.RunId, row.Provenance, row.Cost, row.Error, row.CreatedAt,
        [.. childrenOf[row.ParentId].Select(m => m.Id)]);
}
