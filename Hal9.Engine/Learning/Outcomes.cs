using Hal9.Engine.Learning.Credit;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Learning;

/// <summary>
/// Makes outcomes of feedback, in the transaction that stores it: the run's decisions get their outcome, late ones too, blame goes down the layers, and what is on trial advances or is rolled back.
/// Channels are never mixed: the most trusted one that spoke decides. Silence is no judgement.
/// </summary>
internal sealed class Outcomes(Lifecycle lifecycle)
{
    // In order of trust: a test says what is so, an edit shows what was wanted, a thumb or a rating is an opinion.
    private static readonly (string Kind, string Channel)[] Trust = [("Test", "test"), ("Edit", "edit"), ("Rating", "rating"), ("Thumb", "thumb")];
    private const double Good = 0.5;

    public void Join(WriteBatch batch, Guid tenantId, Guid runId, DateTimeOffset now)
    {
        var run = batch.Query(
            LearningStatements.RunFacts, row => (Answer: row.IsDBNull(0) ? "" : row.GetString(0), Status: row.GetString(1), Error: row.IsDBNull(2) ? "" : row.GetString(2)), ("@run", runId), ("@tenant", tenantId));
        var said = batch.Query(
            LearningStatements.Judgements, row => (Kind: row.GetString(0), Number: row.IsDBNull(1) ? (double?)null : row.GetDouble(1), Text: row.IsDBNull(2) ? null : row.GetString(2)),
            ("@tenant", tenantId), ("@run", runId), ("@none", Guid.Empty));
        var channel = Trust.FirstOrDefault(trust => said.Exists(one => one.Kind == trust.Kind));
        if (run.Count == 0 || channel.Kind is null)
        {
            batch.Execute(LearningStatements.ClearOutcome, ("@tenant", tenantId), ("@run", runId));
            batch.Execute(LearningStatements.DeleteCredit, ("@tenant", tenantId), ("@run", runId));
            return;
        }
        var outcome = said.Where(one => one.Kind == channel.Kind).Average(one => one.Kind switch
        {
            "Thumb" => (one.Number!.Value + 1) / 2,
            "Edit" => EditDistance.Kept(run[0].Answer, one.Text ?? ""),
            _ => one.Number!.Value,
        });
        batch.Execute(
            LearningStatements.SetOutcome, ("@outcome", outcome), ("@channel", channel.Channel), ("@now", now.ToUnixTimeMilliseconds()), ("@tenant", tenantId), ("@run", runId));
        var blame = Blame(batch, tenantId, runId, outcome, run[0].Status, run[0].Error);
        batch.Execute(
            LearningStatements.PutCredit, ("@tenant", tenantId), ("@run", runId), ("@rule", blame.Rule.ToString()), ("@l2", blame.Shares.L2), ("@l3", blame.Shares.L3), ("@l4", blame.Shares.L4),
            ("@outcome", outcome), ("@channel", channel.Channel), ("@now", now.ToUnixTimeMilliseconds()));
        foreach (var key in batch.Query(LearningStatements.KeysOfRun, row => row.GetString(0), ("@tenant", tenantId), ("@run", runId)))
        {
            lifecycle.Advance(batch, tenantId, key, now);
        }
    }

    private static Blame Blame(WriteBatch batch, Guid tenantId, Guid runId, double outcome, string status, string error)
    {
        var steps = batch.Query(LearningStatements.StepFacts, row => (Layer: row.GetString(0), Status: row.GetString(1), Path: row.GetString(2)), ("@run", runId), ("@tenant", tenantId));
        var worked = new HashSet<string>(steps.Select(step => step.Layer), StringComparer.Ordinal);
        if (outcome >= Good || worked.Count == 0)
        {
            return default;
        }
        var implementation = steps.FindAll(step => step.Layer == "L2");
        var facts = new RunFacts
        {
            // What the hierarchy itself gave up says so; all else that fails a run comes from outside.
            InfrastructureFailed = status == "Failed" && !error.StartsWith("The hierarchy gave up", StringComparison.Ordinal),
            ContractBroken = implementation.Exists(step => step.Status == "Failed" || step.Path.EndsWith('r')),
            ModulesGreen = worked.Contains("L3") && implementation.Count > 0 && implementation.TrueForAll(step => step.Status == "Succeeded"),
            DesignGreen = true,
            CriterionUnplanned = worked.Contains("L4") && !worked.Contains("L3"),
            RetriesAtSameError = implementation.Select(step => step.Path.Length - step.Path.TrimEnd('r').Length).DefaultIfEmpty().Max(),
        };
        var blame = CreditRules.Judge(facts);
        // Where no rule explains it, who answered has it: a quick run is one layer's work alone.
        var shares = blame.Rule == BlameRule.None ? new LayerShares(1, 0, 0) : blame.Shares;
        return blame with { Shares = ToThoseWhoWorked(shares, worked) };
    }

    /// <summary>A layer that took no part hands its share to the one below it that did, else to the one above.</summary>
    private static LayerShares ToThoseWhoWorked(LayerShares shares, HashSet<string> worked)
    {
        var (l2, l3, l4) = (shares.L2, shares.L3, shares.L4);
        if (!worked.Contains("L4"))
        {
            (l3, l4) = (l3 + l4, 0);
        }
        if (!worked.Contains("L3"))
        {
            (l2, l4, l3) = worked.Contains("L2") ? (l2 + l3, l4, 0) : (l2, l4 + l3, 0);
        }
        if (!worked.Contains("L2"))
        {
            (l3, l4, l2) = worked.Contains("L3") ? (l3 + l2, l4, 0) : (l3, l4 + l2, 0);
        }
        return new LayerShares(l2, l3, l4);
    }
}
