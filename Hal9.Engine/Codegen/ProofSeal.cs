using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hal9.Engine.Storage;

namespace Hal9.Engine.Codegen;

/// <summary>
/// A proof with its signature: flattened JSON of RFC 7515 (ES256), with the key in the protected header, and beside it the same proof to read.
/// </summary>
/// <param name="Payload">The proof's JSON, base64url.</param>
/// <param name="Protected">The header, base64url.</param>
/// <param name="Signature">The signature, base64url.</param>
/// <param name="Proof">The proof.</param>
public sealed record SignedProof(string Payload, string Protected, string Signature, Proof Proof);

/// <summary>Signs proofs with a key of this instance, and says whether a signature is of it.</summary>
internal sealed class ProofSeal(InstanceKeys keys) : IDisposable
{
    private const string KeyName = "proofs";
    private static readonly JsonSerializerOptions Written = new(Contracts.Stored) { WriteIndented = true };
    private readonly SemaphoreSlim making = new(1);
    private string? known;

    /// <summary>The whole file, as it is handed out.</summary>
    public async Task<string> SignAsync(Proof proof, CancellationToken cancellationToken)
    {
        using var key = await KeyAsync(cancellationToken).ConfigureAwait(false);
        var payload = JsonSerializer.SerializeToUtf8Bytes(proof, Contracts.Stored);
        var header = Encode(JsonSerializer.SerializeToUtf8Bytes(new { alg = "ES256", typ = "hal9-proof", kid = KeyIdOf(key), jwk = JwkOf(key) }));
        var signature = key.SignData(Encoding.ASCII.GetBytes($"{header}.{Encode(payload)}"), HashAlgorithmName.SHA256);
        return JsonSerializer.Serialize(new SignedProof(Encode(payload), header, Encode(signature), proof), Written);
    }

    /// <summary>Checks a proof.</summary>
    /// <returns>The proof as it was signed and whether this instance signed it; a fault when nobody's key fits or the readable copy says something else.</returns>
    public async Task<(Proof? Proof, bool IsOurs, string? Fault)> CheckAsync(string json, CancellationToken cancellationToken)
    {
        try
        {
            var given = JsonSerializer.Deserialize<SignedProof>(json, Contracts.Stored);
            if (given is not { Payload: not null, Protected: not null, Signature: not null, Proof: not null })
            {
                return (null, false, "This is no proof of a project: payload, protected, signature and proof are its members.");
            }
            using var header = JsonDocument.Parse(Decode(given.Protected));
            if (header.RootElement.GetProperty("alg").GetString() != "ES256")
            {
                return (null, false, "The proof is not signed with ES256.");
            }
            var jwk = header.RootElement.GetProperty("jwk");
            using var named = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Decode(jwk.GetProperty("x").GetString()!), Y = Decode(jwk.GetProperty("y").GetString()!) },
            });
            if (!named.VerifyData(Encoding.ASCII.GetBytes($"{given.Protected}.{given.Payload}"), Decode(given.Signature), HashAlgorithmName.SHA256))
            {
                return (null, false, "The signature does not fit: the proof was changed after it was signed.");
            }
            var payload = Decode(given.Payload);
            if (!payload.AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(given.Proof, Contracts.Stored)))
            {
                return (null, false, "The readable part was changed: it does not say what was signed.");
            }
            using var own = await KeyAsync(cancellationToken).ConfigureAwait(false);
            return (given.Proof, KeyIdOf(own) == KeyIdOf(named), null);
        }
        catch (Exception e) when (e is JsonException or FormatException or CryptographicException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            return (null, false, "This is no proof of a project.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => making.Dispose();

    private async Task<ECDsa> KeyAsync(CancellationToken cancellationToken)
    {
        if (known is null)
        {
            // The first two proofs of an instance may be written at once, and its key must be made once.
            await making.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                known ??= await keys.GetOrMakeAsync(KeyName, Make, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                making.Release();
            }
        }
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(known), out _);
        return key;
    }

    private static string Make()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(made.ExportPkcs8PrivateKey());
    }

    private static object JwkOf(ECDsa key)
    {
        var point = key.ExportParameters(false).Q;
        return new { kty = "EC", crv = "P-256", x = Encode(point.X!), y = Encode(point.Y!) };
    }

    /// <summary>The key's thumbprint (RFC 7638).</summary>
    private static string KeyIdOf(ECDsa key)
    {
        var point = key.ExportParameters(false).Q;
        return Encode(SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{Encode(point.X!)}}","y":"{{Encode(point.Y!)}}"}""")));
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static byte[] Decode(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);
}
