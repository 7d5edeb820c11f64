using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Conversations;

/// <summary>The files of a branch: whether a message may take them, and whether the models that will get them can use them.</summary>
internal sealed class BranchFiles(HierarchyService hierarchies, ModelService models)
{
    /// <summary>The files that a run has to get: those of the messages before, then the new ones.</summary>
    /// <exception cref="KeyNotFoundException">There is no such file of the actor's.</exception>
    /// <exception cref="ArgumentException">Too many, too much text, or an image that a model cannot look at; the message is for people.</exception>
    public async Task<IReadOnlyList<Guid>> CheckAsync(
        EngineDb db, Actor actor, IReadOnlyList<Guid> before, IReadOnlyList<Guid> added, string goal, RunMode mode, ModelRef? model, CancellationToken cancellationToken)
    {
        if (added.Count > AttachmentLimits.Files || added.Distinct().Count() != added.Count)
        {
            throw new ArgumentException($"A message may have {AttachmentLimits.Files} files, each once.", nameof(added));
        }
        var links = await db.Set<MessageAttachmentRow>().AsNoTracking().Where(a => before.Contains(a.MessageId)).OrderBy(a => a.MessageId).ThenBy(a => a.AttachmentId)
            .Select(a => a.AttachmentId).ToListAsync(cancellationToken).ConfigureAwait(false);
        List<Guid> all = [.. links.Concat(added).Distinct()];
        if (all.Count == 0)
        {
            return [];
        }
        var files = await db.Set<AttachmentRow>().AsNoTracking().Where(a => all.Contains(a.Id))
            .Select(a => new { a.Id, a.UserId, a.Name, a.Kind, Characters = a.Text == null ? 0 : a.Text.Length }).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (added.Any(id => !files.Exists(file => file.Id == id && file.UserId == actor.UserId)))
        {
            throw new KeyNotFoundException("One of the files is not there any more.");
        }
        var characters = files.Sum(file => (long)file.Characters);
        if (characters > AttachmentLimits.BranchCharacters)
        {
            throw new ArgumentException(
                $"The files of this conversation have {characters} characters of text together; at most {AttachmentLimits.BranchCharacters} fit. Begin a new conversation, or attach less.", nameof(added));
        }
        if (files.Find(file => file.Kind == AttachmentKind.Image) is { } image)
        {
            await CheckSightAsync(actor.TenantId, image.Name, goal, mode, model, cancellationToken).ConfigureAwait(false);
        }
        return all;
    }

    /// <summary>Ties files to a message, in the transaction that stores it.</summary>
    public static void Link(WriteBatch batch, Guid tenantId, Guid conversationId, Guid messageId, IReadOnlyList<Guid> files)
    {
        foreach (var file in files)
        {
            batch.Execute(AttachmentStatements.Link, ("@tenant", tenantId), ("@conversation", conversationId), ("@message", messageId), ("@attachment", file));
            batch.Execute(AttachmentStatements.Sent, ("@attachment", file), ("@tenant", tenantId));
        }
    }

    private async Task CheckSightAsync(Guid tenantId, string image, string goal, RunMode mode, ModelRef? model, CancellationToken cancellationToken)
    {
        var asked = model is { } named ? [named] : await AskedAsync(tenantId, goal, mode, cancellationToken).ConfigureAwait(false);
        var blind = asked.Where(model => !models.SeesImages(model)).Select(model => model.ToString()).ToList();
        if (blind.Count == 0)
        {
            return;
        }
        var seeing = models.List().Where(card => card.SeesImages).Select(card => card.Ref.ToString()).Take(3).ToList();
        throw new ArgumentException(
            $"{image} was not sent: {string.Join(" and ", blind)} cannot look at images. " + (seeing.Count > 0
                ? $"Of the models here {string.Join(", ", seeing)} can: an administrator can make it the model of that tier."
                : "A model such as gpt-4o or claude-sonnet-4-5 can: an administrator can add one and make it the model of that tier."));
    }

    private async Task<IReadOnlyList<ModelRef>> AskedAsync(Guid tenantId, string goal, RunMode mode, CancellationToken cancellationToken)
    {
        var hierarchy = await hierarchies.OfAsync(tenantId, cancellationToken).ConfigureAwait(false);
        // Triage is a policy without chance: the run will choose the same way.
        var entry = Triage.Choose(mode, goal, hierarchy).Entry;
        return [.. Below(hierarchy, entry).Select(neuron => models.OfTier(neuron.Tier)).Distinct()];
    }

    private static IEnumerable<Neuron> Below(Hierarchy hierarchy, Neuron neuron) => hierarchy.DelegatesOf(neuron).SelectMany(child => Below(hierarchy, child)).Prepend(neuron);
}
