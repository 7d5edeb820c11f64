namespace Hal9.Engine.Tenancy;

/// <summary>The actor lacks a permission.</summary>
public sealed class AccessDenied(Permission permission) : Exception($"This needs the permission {permission}, which your role or key does not have.")
{
    /// <summary>The permission that was asked for.</summary>
    public Permission Permission { get; } = permission;
}
