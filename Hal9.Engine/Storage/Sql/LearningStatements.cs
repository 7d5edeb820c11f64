namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of decisions, their outcomes, policies and proposals.</summary>
internal static class LearningStatements
{
    public const string InsertDecision = """
        INSERT INTO decisions (id, tenant_id, run_id, step_id, at, task_class, layer, neuron, policy_key, lane, arm, propensity, policy_version, item, prompt_hash, lesson_ids, exemplar_ids, cost_nano, milliseconds)
        VALUES (@id, @tenant, @run, @step, @at, @class, @layer, @neuron, @key, @lane, @arm, @propensity, @version, @item, @prompt, @lessons, @exemplars, 0, 0)
        """;

    public const string EndDecisions = """
        UPDATE decisions SET cost_nano = @cost, milliseconds = @ms, checks = @checks WHERE tenant_id = @tenant AND step_id = @step
        """;

    public const string SetOutcome = """
        UPDATE decisions SET outcome = @outcome, channel = @channel, outcome_at = COALESCE(outcome_at, @now) WHERE tenant_id = @tenant AND run_id = @run
        """;

    public const string ClearOutcome = "UPDATE decisions SET outcome = NULL, channel = NULL, outcome_at = NULL WHERE tenant_id = @tenant AND run_id = @run";

    public const string CountVotes = """
        SELECT COUNT(*) FROM feedback WHERE tenant_id = @tenant AND user_id = @user AND counted = 1 AND kind <> 'Test' AND created_at > @since
            AND NOT (run_id = @run AND step_id = @step AND kind = @kind)
        """;

    public const string Judgements = "SELECT kind, number, text FROM feedback WHERE tenant_id = @tenant AND run_id = @run AND step_id = @none AND counted = 1";

    public const string RunFacts = "SELECT answer, status, error FROM runs WHERE id = @run AND tenant_id = @tenant";

    public const string StepFacts = "SELECT layer, status, path FROM steps WHERE run_id = @run AND tenant_id = @tenant";

    public const string PutCredit = """
        INSERT INTO run_credits (tenant_id, run_id, rule, l2, l3, l4, outcome, channel, at) VALUES (@tenant, @run, @rule, @l2, @l3, @l4, @outcome, @channel, @now)
        ON CONFLICT (tenant_id, run_id) DO UPDATE SET rule = excluded.rule, l2 = excluded.l2, l3 = excluded.l3, l4 = excluded.l4, outcome = excluded.outcome, channel = excluded.channel, at = excluded.at
        """;

    public const string DeleteCredit = "DELETE FROM run_credits WHERE tenant_id = @tenant AND run_id = @run";

    public const string KeysOfRun = "SELECT DISTINCT policy_key FROM decisions WHERE tenant_id = @tenant AND run_id = @run";

    public const string Head = """
        SELECT active_version, active_proposal, canary_version, canary_proposal, canary_share, since, previous_version FROM policy_heads WHERE tenant_id = @tenant AND policy_key = @key
        """;

    public const string PutHead = """
        INSERT INTO policy_heads (tenant_id, policy_key, active_version, active_proposal, canary_version, canary_proposal, canary_share, since, previous_version)
        VALUES (@tenant, @key, @active, @activeProposal, @canary, @canaryProposal, @share, @since, @previous)
        ON CONFLICT (tenant_id, policy_key) DO UPDATE SET active_version = excluded.active_version, active_proposal = excluded.active_proposal, canary_version = excluded.canary_version,
            canary_proposal = excluded.canary_proposal, canary_share = excluded.canary_share, since = excluded.since, previous_version = excluded.previous_version
        """;

    public const string LastVersion = "SELECT MAX(version) FROM policies WHERE tenant_id = @tenant AND policy_key = @key";

    public const string InsertPolicy = """
        INSERT INTO policies (tenant_id, policy_key, version, content, proposal_id, made_by, made_at) VALUES (@tenant, @key, @version, @content, @proposal, @by, @now)
        """;

    public const string Compared = """
        SELECT run_id, lane, MAX(outcome), SUM(cost_nano), MAX(CASE WHEN checks = 'failed' THEN 1 ELSE 0 END) FROM decisions
        WHERE tenant_id = @tenant AND policy_key = @key AND at >= @since AND outcome IS NOT NULL AND ((lane = @lane AND policy_version = @version) OR lane = 'Holdback')
        GROUP BY run_id, lane ORDER BY MIN(outcome_at), run_id LIMIT 4000
        """;

    private const string ProposalColumns =
        "id, kind, policy_key, state, base_version, content, diff_hash, evidence, gate, measured, created_by, created_at, expires_at, reviewer, decided_at, reason, forced, canary_share, stage_since, version_after, before";

    public const string Proposal = $"SELECT {ProposalColumns} FROM proposals WHERE id = @id AND tenant_id = @tenant";

    public const string OpenProposals = """
        SELECT COUNT(*) FROM proposals WHERE tenant_id = @tenant AND policy_key = @key AND state IN ('Draft', 'Replayed', 'ReadyForReview')
        """;

    public const string SameProposals = """
        SELECT COUNT(*) FROM proposals WHERE tenant_id = @tenant AND diff_hash = @hash AND (state IN ('Draft', 'Replayed', 'ReadyForReview', 'Canary', 'Promoted') OR decided_at > @since)
        """;

    public const string InsertProposal = """
        INSERT INTO proposals (id, tenant_id, kind, policy_key, state, base_version, content, before, diff_hash, evidence, created_by, created_at, expires_at, forced, canary_share)
        VALUES (@id, @tenant, @kind, @key, @state, @base, @content, @before, @hash, @evidence, @by, @now, @expires, 0, 0)
        """;

    public const string DecideProposal = """
        UPDATE proposals SET state = @state, reviewer = @reviewer, decided_at = @now, reason = @reason, forced = @forced, canary_share = @share, stage_since = @now, version_after = @version
        WHERE id = @id AND tenant_id = @tenant
        """;

    public const string MoveProposal = """
        UPDATE proposals SET state = @state, canary_share = @share, stage_since = @now, measured = @measured, reason = COALESCE(@reason, reason) WHERE id = @id AND tenant_id = @tenant
        """;

    public const string SaveMeasured = "UPDATE proposals SET measured = @measured WHERE id = @id AND tenant_id = @tenant";

    public const string SaveGate = "UPDATE proposals SET gate = @gate, state = @state WHERE id = @id AND tenant_id = @tenant AND state IN ('Draft', 'Replayed', 'ReadyForReview')";

    public const string ExpireProposals = """
        UPDATE proposals SET state = 'Expired', decided_at = @now WHERE tenant_id = @tenant AND expires_at < @now AND state IN ('Draft', 'Replayed', 'ReadyForReview')
        """;

    public const string Content = "SELECT content FROM policies WHERE tenant_id = @tenant AND policy_key = @key AND version = @version";
}
