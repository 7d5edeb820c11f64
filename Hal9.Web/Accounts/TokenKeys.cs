using System.Security.Cryptography;
using System.Text.Json;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;

namespace Hal9.Web.Accounts;

/// <summary>The key that signs access tokens (ES256). Made at the first start, kept in the database, protected.</summary>
internal sealed class TokenKeys(TenantScope scope, ISecrets secrets, TimeProvider time) : IDisposable
{
    private const string Name = "tokens";
    private ECDsa? key;

    public ECDsaSecurityKey Signing { get; private set; } = null!;

    /// <summary>Before the server listens.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var db = scope.System("the instance's token key");
        var row = await db.Set<InstanceKey>().SingleOrDefaultAsync(k => k.Name == Name, cancellationToken);
        Stored stored;
        if (row is null)
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            stored = new Stored(Guid.CreateVersion7().ToString("N"), Convert.ToBase64String(made.ExportPkcs8PrivateKey()));
            db.Add(new InstanceKey { Name = Name, Value = secrets.Protect(JsonSerializer.Serialize(stored)), CreatedAt = time.GetUtcNow() });
            await db.SaveChangesAsync(cancellationToken);
        }
        else
        {
            stored = Read(row);
        }
        key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(stored.Pkcs8), out _);
        Signing = new ECDsaSecurityKey(key) { KeyId = stored.Kid };
    }

    /// <summary>The public half, as RFC 7517 has it.</summary>
    public object Jwks()
    {
        var point = key!.ExportParameters(includePrivateParameters: false).Q;
        return new
        {
            keys = new[]
            {
                new { kty = "EC", use = "sig", alg = "ES256", crv = "P-256", kid = Signing.KeyId, x = Base64UrlEncoder.Encode(point.X!), y = Base64UrlEncoder.Encode(point.Y!) },
            },
        };
    }

    public void Dispose() => key?.Dispose();

    private Stored Read(InstanceKey row)
    {
        try
        {
            return JsonSerializer.Deserialize<Stored>(secrets.Unprotect(row.Value))!;
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException(
                "The database's secrets cannot be read with the keys in the data directory's folder \"keys\". Restore that folder together with the database.", e);
        }
    }

    private sealed record Stored(string Kid, string Pkcs8);
}
