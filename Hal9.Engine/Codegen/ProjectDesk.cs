using System.Text.Json;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;

namespace Hal9.Engine.Codegen;

/// <summary>What a run has on its desk while it works on a project: the project, its artefacts as they stand, and the neurons that do the phases.</summary>
internal sealed class ProjectDesk
{
    private readonly ProjectStore store;
    private readonly Lock gate = new();
    private readonly Dictionary<(ArtifactKind, string), ArtifactRow> current;

    // Trees that this run stored before a crash.
    private HashSet<string> own = [];

    public ProjectDesk(LiveRun run, ProjectRow project, IEnumerable<ArtifactRow> artifacts, Hierarchy hierarchy, ProjectStore store)
    {
        this.store = store;
        Run = run;
        Project = project;
        current = artifacts.ToDictionary(artifact => (artifact.Kind, artifact.Name));
        Strategist = hierarchy.EntryOf(Events.Layer.L4) ?? throw new InvalidOperationException("The hierarchy has no neuron.");
        Architect = hierarchy.Find("architect") ?? hierarchy.EntryOf(Events.Layer.L3)!;
        // Whoever writes the tests and reviews is another neuron than whoever designs, wherever there is one.
        Tester = hierarchy.Neurons.FirstOrDefault(neuron => neuron.Layer == Architect.Layer && neuron.Name != Architect.Name) ?? Architect;
        Engineer = hierarchy.Find("engineer") ?? hierarchy.EntryOf(Events.Layer.L2)!;
    }

    public LiveRun Run { get; }

    public ProjectRow Project { get; }

    public Neuron Strategist { get; }

    public Neuron Architect { get; }

    public Neuron Tester { get; }

    public Neuron Engineer { get; }

    public Language Language => Verification.ProjectWords.LanguageOf(Project.Kind);

    /// <summary>The newest version of an artefact.</summary>
    public ArtifactRow? Find(ArtifactKind kind, string name = "")
    {
        lock (gate)
        {
            return current.GetValueOrDefault((kind, name));
        }
    }

    /// <summary>All newest versions of a kind, in the order of their names.</summary>
    public IReadOnlyList<ArtifactRow> All(ArtifactKind kind)
    {
        lock (gate)
        {
            return [.. current.Values.Where(artifact => artifact.Kind == kind).OrderBy(artifact => artifact.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>
    /// The artefact if it was made from exactly this basis, so that it need not be made again. What this very run made before a crash is no reason to skip its
    /// questions: they are answered from the journal, and the envelope learns what they cost.
    /// </summary>
    public ArtifactRow? UpToDate(ArtifactKind kind, string name, string basis) =>
        Find(kind, name) is { } known && known.Basis == basis && known.RunId != Run.Row.Id ? known : null;

    /// <summary>Stores a version, unless the newest one is the same.</summary>
    public async Task<ArtifactRow> PutAsync(ArtifactKind kind, string name, string basis, string content, Neuron? by, CancellationToken cancellationToken)
    {
        if (Find(kind, name) is { } known && ((known.Basis == basis && known.Hash == Digest.Of(content)) || (kind == ArtifactKind.Tree && own.Contains(Digest.Of(content)))))
        {
            return known;
        }
        var stored = await store.AddAsync(Run, Project.Id, new NewArtifact(kind, name, basis, content) { Neuron = by?.Name }, cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            return current[(kind, name)] = stored;
        }
    }

    /// <summary>The same of a value, as JSON.</summary>
    public Task<ArtifactRow> PutAsync<T>(ArtifactKind kind, string name, string basis, T value, Neuron? by, CancellationToken cancellationToken) =>
        PutAsync(kind, name, basis, JsonSerializer.Serialize(value, Contracts.Stored), by, cancellationToken);

    /// <summary>
    /// The tree that work begins with: the newest that is not of this very run, so that a run that is taken up walks the same way again. Null: there is none of
    /// this basis.
    /// </summary>
    public async Task<SourceTree?> StartAsync(string basis, CancellationToken cancellationToken)
    {
        var versions = await store.VersionsAsync(Project.TenantId, Project.Id, ArtifactKind.Tree, cancellationToken).ConfigureAwait(false);
        own = [.. versions.Where(version => version.RunId == Run.Row.Id).Select(version => version.Hash)];
        return versions.LastOrDefault(version => version.RunId != Run.Row.Id) is { } last && last.Basis == basis ? SourceTree.FromJson(last.Content) : null;
    }

    /// <summary>Notes the phase that begins.</summary>
    public async Task EnterAsync(ProjectPhase phase, CancellationToken cancellationToken)
    {
        if (Project.Phase != phase)
        {
            Project.Phase = phase;
            await store.MoveAsync(Project, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Notes what the project waits for, or that it is done, when its run ends well.</summary>
    public async Task RestAsync(ProjectStatus status, string? reason, CancellationToken cancellationToken)
    {
        (Project.Status, Project.Reason) = (status, reason);
        await store.MoveAsync(Project, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes the project's name.</summary>
    public async Task NameAsync(string title, CancellationToken cancellationToken)
    {
        const int Longest = 120;
        var name = title.ReplaceLineEndings(" ").Trim();
        if (name.Length > 0 && name != Project.Title)
        {
            Project.Title = name.Length <= Longest ? name : name[..Longest];
            await store.MoveAsync(Project, cancellationToken).ConfigureAwait(false);
        }
    }

    public static T Read<T>(ArtifactRow artifact) =>
        JsonSerializer.Deserialize<T>(artifact.Content, Contracts.Stored) ?? throw new InvalidOperationException($"The artefact {artifact.Kind} of project {artifact.ProjectId} is empty.");
}

/// <summary>A neuron says that it cannot go on, and why. It is a legal answer: the project stops with that reason.</summary>
internal sealed class PhaseBlocked(string reason) : Exception(reason);
