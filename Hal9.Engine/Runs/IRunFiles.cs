using Hal9.Engine.Neurons;

namespace Hal9.Engine.Runs;

/// <summary>Where the files are kept that belong to a run's goal. Conversations implements it; a run keeps their ids only, and reads them again when it is taken up.</summary>
internal interface IRunFiles
{
    /// <summary>The files of these ids in this order; those that are gone are left out.</summary>
    Task<IReadOnlyList<PromptFile>> LoadAsync(Guid tenantId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken);
}
