using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Codegen;

/// <summary>Writes into a project how its run ended, in the transaction that ends the run.</summary>
internal sealed class ProjectEndWriter(RunFeed feed) : IRunEndWriter
{
    public void Write(WriteBatch batch, RunRow run, RunEnding ending, Usd cost, Provenance provenance, DateTimeOffset at)
    {
        if (RunInput.FromJson(run.Input).Project is not { } project)
        {
            return;
        }
        // A run that ended well has said itself what the project waits for.
        var rested = batch.Text(CodegenStatements.Status, ("@id", project), ("@tenant", run.TenantId));
        var status = ending.Status switch
        {
            RunStatus.Succeeded => rested ?? nameof(ProjectStatus.Delivered),
            RunStatus.Cancelled or RunStatus.Refused => nameof(ProjectStatus.Stopped),
            _ => nameof(ProjectStatus.Failed),
        };
        batch.Execute(
            CodegenStatements.EndRun,
            ("@cost", cost.Nano), ("@provenance", provenance.ToString()), ("@status", status),
            ("@reason", ending.Status == RunStatus.Succeeded ? null : ending.Error ?? (ending.Status == RunStatus.Cancelled ? "It was stopped." : null)), ("@now", at.ToUnixTimeMilliseconds()),
            ("@id", project), ("@tenant", run.TenantId), ("@run", run.Id));
        batch.OnCommitted(() => feed.Signal(run.TenantId, project));
    }
}
