using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Hal9.Web.Accounts;

/// <summary>What <c>auth/token</c> answers.</summary>
internal sealed record TokenPair(string AccessToken, string RefreshToken, int ExpiresIn, string TokenType = "Bearer");

/// <summary>Access tokens (short, signed) and refresh tokens (stored, used once).</summary>
internal sealed partial class Tokens(TokenKeys keys, Database database, TenantService tenants, TimeProvider time, ILogger<Tokens> log)
{
    public const string Issuer = "hal9";
    public const string TenantClaim = "tenant";
    public static readonly TimeSpan AccessLife = TimeSpan.FromMinutes(10);

    // Somebody who does not come back for two weeks signs in again.
    public static readonly TimeSpan RefreshLife = TimeSpan.FromDays(14);

    public async Task<TokenPair> IssueAsync(Person person, Guid tenantId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = AccountsDb.Open(database);
        db.RemoveRange(await db.Set<RefreshToken>().Where(t => t.UserId == person.Id && t.ExpiresAt < now).Take(100).ToListAsync(cancellationToken));
        var refresh = Add(db, Guid.CreateVersion7(), person.Id, tenantId, StampOf(person), now);
        await db.SaveChangesAsync(cancellationToken);
        return new TokenPair(Access(person.Id, tenantId, now), refresh, (int)AccessLife.TotalSeconds);
    }

    /// <summary>Changes a refresh token for a new pair; null when it is unknown, expired, revoked, or was used before (which ends its family).</summary>
    public async Task<TokenPair?> RefreshAsync(string token, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var hash = HashOf(token);
        await using var db = AccountsDb.Open(database);
        var row = await db.Set<RefreshToken>().SingleOrDefaultAsync(t => t.Hash == hash, cancellationToken);
        if (row is null || row.RevokedAt is not null || row.ExpiresAt <= now)
        {
            return null;
        }
        if (row.UsedAt is not null)
        {
            await EndFamilyAsync(row, cancellationToken);
            return null;
        }
        var person = await db.Set<Person>().SingleAsync(p => p.Id == row.UserId, cancellationToken);
        if (StampOf(person) != row.Stamp || await tenants.RoleAsync(row.TenantId, row.UserId, cancellationToken) is null)
        {
            return null;
        }
        row.UsedAt = now;
        var next = Add(db, row.FamilyId, row.UserId, row.TenantId, row.Stamp, now);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            await EndFamilyAsync(row, cancellationToken);
            return null;
        }
        return new TokenPair(Access(row.UserId, row.TenantId, now), next, (int)AccessLife.TotalSeconds);
    }

    private async Task EndFamilyAsync(RefreshToken reused, CancellationToken cancellationToken)
    {
        await using var db = AccountsDb.Open(database);
        foreach (var member in await db.Set<RefreshToken>().Where(t => t.FamilyId == reused.FamilyId && t.RevokedAt == null).ToListAsync(cancellationToken))
        {
            member.RevokedAt = time.GetUtcNow();
        }
        await db.SaveChangesAsync(cancellationToken);
        LogReuse(reused.UserId, reused.TenantId);
    }

    private static string Add(AccountsDb db, Guid family, Guid userId, Guid tenantId, string stamp, DateTimeOffset now)
    {
        var token = "hal9r_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        db.Add(new RefreshToken
        {
            Id = Guid.CreateVersion7(),
            FamilyId = family,
            UserId = userId,
            TenantId = tenantId,
            Hash = HashOf(token),
            Stamp = stamp,
            CreatedAt = now,
            ExpiresAt = now + RefreshLife,
        });
        return token;
    }

    // The role is not in the token: it is looked up with each request, so that a change takes effect within seconds.
    private string Access(Guid userId, Guid tenantId, DateTimeOffset now) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = Issuer,
        IssuedAt = now.UtcDateTime,
        NotBefore = now.UtcDateTime,
        Expires = (now + AccessLife).UtcDateTime,
        Subject = new ClaimsIdentity([
            new Claim(JwtRegisteredClaimNames.Sub, userId.ToString()),
            new Claim(JwtRegisteredClaimNames.Jti, Guid.CreateVersion7().ToString()),
            new Claim(TenantClaim, tenantId.ToString()),
        ]),
        SigningCredentials = new SigningCredentials(keys.Signing, SecurityAlgorithms.EcdsaSha256),
    });

    private static string StampOf(Person person) => HashOf(person.SecurityStamp ?? "");

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [LoggerMessage(Level = LogLevel.Warning, Message = "A refresh token of person {UserId} in tenant {TenantId} was used a second time; all that followed from the same sign-in are revoked.")]
    private partial void LogReuse(Guid userId, Guid tenantId);
}
