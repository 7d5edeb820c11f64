using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Desk;

/// <summary>A text to ask with, kept for the next time.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Name">Its name, unique among its owner's.</param>
/// <param name="Text">The text; <c>{{name}}</c> is a place to fill.</param>
/// <param name="IsShared">Everybody in the tenant may use it.</param>
/// <param name="IsMine">The reader made it.</param>
public sealed record SavedPrompt(Guid Id, string Name, string Text, bool IsShared, bool IsMine)
{
    /// <summary>The names of its places to fill, in the order of the text, each once.</summary>
    public IReadOnlyList<string> Variables => PromptText.VariablesOf(Text);

    /// <summary>Its text, cut at its places.</summary>
    public IReadOnlyList<PromptPiece> Pieces => PromptText.PiecesOf(Text);
}

/// <summary>The door to the library of prompts.</summary>
public sealed class PromptService
{
    /// <summary>The longest name.</summary>
    public const int LongestName = 60;

    /// <summary>The longest text.</summary>
    public const int LongestText = 20_000;

    private const int MostPrompts = 200;
    private readonly TenantScope scope;
    private readonly TimeProvider time;

    internal PromptService(TenantScope scope, TimeProvider time) => (this.scope, this.time) = (scope, time);

    /// <summary>The reader's own prompts and those that others share, by name.</summary>
    /// <exception cref="AccessDenied">The actor may not chat.</exception>
    public async Task<IReadOnlyList<SavedPrompt>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        Check(actor);
        await using var db = scope.Open(actor.TenantId);
        return await db.Set<PromptRow>().AsNoTracking().Where(p => p.UserId == actor.UserId || p.IsShared).OrderBy(p => p.Name).ThenBy(p => p.Id).Take(MostPrompts * 4)
            .Select(p => new SavedPrompt(p.Id, p.Name, p.Text, p.IsShared, p.UserId == actor.UserId)).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps a prompt: a new one, or in the place of one of the reader's own.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="ArgumentException">Name or text are out of range, the name is taken, or there are too many.</exception>
    /// <exception cref="KeyNotFoundException">There is no such prompt of the reader's.</exception>
    public async Task<Guid> SaveAsync(Actor actor, Guid? id, string name, string text, bool isShared, CancellationToken cancellationToken)
    {
        Check(actor);
        (name, text) = (name.Trim(), text.Trim());
        if (name.Length is 0 or > LongestName)
        {
            throw new ArgumentException($"A prompt needs a name of 1 to {LongestName} characters.", nameof(name));
        }
        if (text.Length is 0 or > LongestText)
        {
            throw new ArgumentException($"A prompt has 1 to {LongestText} characters.", nameof(text));
        }
        await using var db = scope.Open(actor.TenantId);
        var own = await db.Set<PromptRow>().Where(p => p.UserId == actor.UserId).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (own.Exists(p => p.Id != id && string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"You have a prompt with the name {name} already.", nameof(name));
        }
        var row = own.Find(p => p.Id == id);
        if (row is null)
        {
            if (id is not null)
            {
                throw new KeyNotFoundException($"There is no prompt {id} of yours.");
            }
            if (own.Count >= MostPrompts)
            {
                throw new ArgumentException($"You have {MostPrompts} prompts already. Remove one first.", nameof(name));
            }
            row = new PromptRow { Id = Guid.CreateVersion7(), TenantId = actor.TenantId, UserId = actor.UserId, Name = name, Text = text };
            db.Add(row);
        }
        (row.Name, row.Text, row.IsShared, row.UpdatedAt) = (name, text, isShared, time.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return row.Id;
    }

    /// <summary>Removes one of the reader's own prompts; who manages people may remove a shared one, too.</summary>
    /// <exception cref="KeyNotFoundException">There is no such prompt, or it is not theirs to remove.</exception>
    public async Task RemoveAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        Check(actor);
        var everybodys = actor.May(Permission.ManagePeople);
        await using var db = scope.Open(actor.TenantId);
        var row = await db.Set<PromptRow>().SingleOrDefaultAsync(p => p.Id == id && (p.UserId == actor.UserId || (everybodys && p.IsShared)), cancellationToken).ConfigureAwait(false)
            ?? throw new KeyNotFoundException($"There is no prompt {id}.");
        db.Remove(row);
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void Check(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(Permission.UseRuns))
        {
            throw new AccessDenied(Permission.UseRuns);
        }
    }
}

/// <summary>A prompt as stored.</summary>
internal sealed class PromptRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid UserId { get; init; }
    public required string Name { get; set; }
    public required string Text { get; set; }
    public bool IsShared { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
}

internal sealed class PromptTables : IEntityTypeConfiguration<PromptRow>
{
    public void Configure(EntityTypeBuilder<PromptRow> builder)
    {
        builder.ToTable("prompts");
        builder.HasKey(p => p.Id);
        builder.HasIndex(p => new { p.TenantId, p.UserId, p.Name }).IsUnique();
    }
}
