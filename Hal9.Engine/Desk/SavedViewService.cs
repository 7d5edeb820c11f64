using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Desk;

/// <summary>A view of a list that somebody named: filters, sort and columns as the address has them.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, unique among its owner's views of that list.</param>
/// <param name="Query">The address after the path.</param>
/// <param name="IsShared">Everybody in the tenant sees it.</param>
/// <param name="IsMine">The reader made it.</param>
public sealed record SavedView(Guid Id, string Name, string Query, bool IsShared, bool IsMine);

/// <summary>The door to saved views. Whoever may open a list may save views of it; what the view shows is still checked by the list's own door.</summary>
public sealed class SavedViewService
{
    /// <summary>The longest name.</summary>
    public const int LongestName = 60;

    private const int LongestQuery = 2000;
    private const int MostViews = 50;
    private readonly TenantScope scope;
    private readonly TimeProvider time;

    internal SavedViewService(TenantScope scope, TimeProvider time) => (this.scope, this.time) = (scope, time);

    /// <summary>The reader's own views of a list and those that others share, by name.</summary>
    public async Task<IReadOnlyList<SavedView>> ListAsync(Actor actor, string page, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(actor.TenantId);
        return await db.Set<SavedViewRow>().AsNoTracking().Where(view => view.Page == page && (view.UserId == actor.UserId || view.IsShared))
            .OrderBy(view => view.Name).ThenBy(view => view.Id).Take(MostViews * 4)
            .Select(view => new SavedView(view.Id, view.Name, view.Query, view.IsShared, view.UserId == actor.UserId))
            .ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Saves a view, in the place of the reader's own of the same name.</summary>
    /// <exception cref="ArgumentException">The name or the query is out of range, or there are too many views.</exception>
    public async Task SaveAsync(Actor actor, string page, string name, string query, bool isShared, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (name.Length is 0 or > LongestName)
        {
            throw new ArgumentException($"A view needs a name of 1 to {LongestName} characters.", nameof(name));
        }
        if (query.Length > LongestQuery || (query.Length > 0 && query[0] != '?'))
        {
            throw new ArgumentException($"A view is the part of an address from its question mark on, at most {LongestQuery} characters.", nameof(query));
        }
        await using var db = scope.Open(actor.TenantId);
        var own = db.Set<SavedViewRow>().Where(view => view.Page == page && view.UserId == actor.UserId);
        if (await own.SingleOrDefaultAsync(view => view.Name == name, cancellationToken).ConfigureAwait(false) is { } known)
        {
            (known.Query, known.IsShared) = (query, isShared);
        }
        else if (await own.CountAsync(cancellationToken).ConfigureAwait(false) < MostViews)
        {
            db.Add(new SavedViewRow { Id = Guid.CreateVersion7(), TenantId = actor.TenantId, UserId = actor.UserId, Page = page, Name = name, Query = query, IsShared = isShared, CreatedAt = time.GetUtcNow() });
        }
        else
        {
            throw new ArgumentException($"There are {MostViews} views of this list already. Remove one first.", nameof(name));
        }
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes one of the reader's own views; who manages people may remove a shared one, too.</summary>
    /// <exception cref="KeyNotFoundException">There is no such view, or it is not theirs to remove.</exception>
    public async Task RemoveAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        var everybodys = actor.May(Permission.ManagePeople);
        await using var db = scope.Open(actor.TenantId);
        var view = await db.Set<SavedViewRow>().SingleOrDefaultAsync(v => v.Id == id && (v.UserId == actor.UserId || (everybodys && v.IsShared)), cancellationToken).ConfigureAwait(false)
            ?? throw new KeyNotFoundException($"There is no view {id}.");
        db.Remove(view);
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }
}
