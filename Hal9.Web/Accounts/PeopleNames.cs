using Hal9.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Web.Accounts;

/// <summary>What the people behind ids are called. The ids come from what a tenant has stored, so nobody is found here who does not belong to it.</summary>
public sealed class PeopleNames(Database database)
{
    private const int AtOnce = 500;

    /// <summary>Their e-mail addresses; somebody whose account is gone has none.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> OfAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var names = new Dictionary<Guid, string>();
        await using var db = AccountsDb.Open(database);
        foreach (var some in ids.Distinct().Chunk(AtOnce))
        {
            foreach (var person in await db.Users.AsNoTracking().Where(p => some.Contains(p.Id)).Select(p => new { p.Id, p.Email }).ToListAsync(cancellationToken))
            {
                names[person.Id] = person.Email ?? person.Id.ToString();
            }
        }
        return names;
    }
}
