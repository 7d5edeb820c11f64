using Hal9.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Runs;

internal sealed class RunTables :
    IEntityTypeConfiguration<RunRow>, IEntityTypeConfiguration<StepRow>, IEntityTypeConfiguration<ModelCallRow>, IEntityTypeConfiguration<RunEventRow>
{
    public void Configure(EntityTypeBuilder<RunRow> builder)
    {
        builder.ToTable("runs");
        builder.Ignore(run => run.Deadline);
        builder.HasKey(run => run.Id);
        builder.TextsLast(nameof(RunRow.Cancelled), nameof(RunRow.Error), nameof(RunRow.Refusal), nameof(RunRow.Goal), nameof(RunRow.Input), nameof(RunRow.Partial), nameof(RunRow.Answer));
        builder.HasIndex(run => new { run.TenantId, run.Id });
        // The few that go on, of all tenants: the sweeper asks for them every other second.
        builder.HasIndex(run => new { run.TenantId, run.EndedAt, run.HeartbeatAt }, "ix_runs_open").HasFilter("ended_at IS NULL");
        // With what a list of the dearest is narrowed by, so that going down the costs reads no runs but those that it shows.
        builder.HasIndex(run => new { run.TenantId, run.Cost, run.Id, run.EndedAt, run.IsTemporary });
        builder.HasIndex(run => new { run.TenantId, run.UserId, run.Id });
        builder.HasIndex(run => new { run.TenantId, run.EndedAt }).HasFilter("ended_at IS NOT NULL");
        // Serves the runs of a conversation, and those of none by their age.
        builder.HasIndex(run => new { run.TenantId, run.ConversationId, run.Id });
        // Few of many: without these a list of them reads all runs. What succeeds is not written to them.
        builder.HasIndex(run => new { run.TenantId, run.Status, run.Id, run.IsTemporary, run.ConversationId }, "ix_runs_ended_badly")
            .HasFilter("status = 'Failed' OR status = 'Refused' OR status = 'Cancelled'");
        builder.HasIndex(run => new { run.TenantId, run.Id }, "ix_runs_thumbs_down").HasFilter("thumbs_down > 0");
    }

    public void Configure(EntityTypeBuilder<StepRow> builder)
    {
        builder.ToTable("steps");
        builder.HasKey(step => step.Id);
        builder.TextsLast(nameof(StepRow.Error), nameof(StepRow.Goal), nameof(StepRow.Result));
        builder.HasIndex(step => new { step.RunId, step.Path }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<ModelCallRow> builder)
    {
        builder.ToTable("model_calls");
        builder.HasKey(call => call.Id);
        builder.TextsLast(nameof(ModelCallRow.Error), nameof(ModelCallRow.Bill), nameof(ModelCallRow.RawUsage), nameof(ModelCallRow.Prompt), nameof(ModelCallRow.Response));
        builder.HasIndex(call => new { call.RunId, call.Leaf, call.Attempt }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<RunEventRow> builder)
    {
        builder.ToTable("run_events");
        builder.HasKey(e => new { e.RunId, e.Number });
    }
}
