namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of code generation. What a run writes is conditional on its epoch.</summary>
internal static class CodegenStatements
{
    public const string NextVersion = """
        SELECT COALESCE(MAX(version), 0) + 1 FROM codegen_artifacts WHERE tenant_id = @tenant AND project_id = @project AND kind = @kind AND name = @name
        """;

    public const string InsertArtifact = """
        INSERT INTO codegen_artifacts (id, tenant_id, project_id, kind, name, version, basis, content, hash, neuron, user_id, run_id, label, at)
        VALUES (@id, @tenant, @project, @kind, @name, @version, @basis, @content, @hash, @neuron, @user, @run, @label, @now)
        """;

    public const string OwnsRun = "SELECT COUNT(*) FROM runs WHERE id = @run AND tenant_id = @tenant AND epoch = @epoch AND ended_at IS NULL";

    public const string InsertProject = """
        INSERT INTO codegen_projects (id, tenant_id, user_id, key_id, brief, title, kind, approval, phase, status, verdict, reason, run_id, run_ids, cost, provenance,
            envelope_nano, envelope_tokens, envelope_seconds, created_at, updated_at)
        VALUES (@id, @tenant, @user, @key, @brief, @title, @kind, @approval, @phase, @status, NULL, NULL, @run, @runs, 0, NULL, @nano, @tokens, @seconds, @now, @now)
        """;

    public const string MoveProject = """
        UPDATE codegen_projects SET phase = @phase, status = @status, verdict = @verdict, reason = @reason, title = @title, updated_at = @now
        WHERE id = @id AND tenant_id = @tenant
        """;

    public const string BeginRun = """
        UPDATE codegen_projects SET run_id = @run, run_ids = @runs, status = 'Working', verdict = NULL, reason = NULL, updated_at = @now
        WHERE id = @id AND tenant_id = @tenant AND status <> 'Working'
        """;

    public const string EndRun = """
        UPDATE codegen_projects SET cost = cost + @cost, provenance = @provenance, status = @status, reason = COALESCE(@reason, reason), updated_at = @now
        WHERE id = @id AND tenant_id = @tenant AND run_id = @run
        """;

    public const string Status = "SELECT status FROM codegen_projects WHERE id = @id AND tenant_id = @tenant";
}
