namespace Hal9.Engine.Storage;

/// <summary>Protects secrets at rest. The web host implements it over Data Protection.</summary>
public interface ISecrets
{
    /// <summary>Encrypts and authenticates; the result is safe to store.</summary>
    string Protect(string secret);

    /// <summary>The reverse of <see cref="Protect"/>.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Altered, or protected by another instance.</exception>
    string Unprotect(string protectedSecret);
}
