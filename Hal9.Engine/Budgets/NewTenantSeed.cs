using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Budgets;

/// <summary>Nobody begins without a limit: a new tenant gets budgets by the hour and by the day, which its operators change as they like.</summary>
internal sealed class NewTenantSeed(IOptions<BudgetsOptions> options, TimeProvider time) : ITenantSeed
{
    void ITenantSeed.Seed(EngineDb db, Guid tenantId)
    {
        var defaults = options.Value.NewTenant;
        foreach (var (period, usd) in new[] { (BudgetPeriod.Hour, defaults.HourUsd), (BudgetPeriod.Day, defaults.DayUsd) })
        {
            if (usd > 0)
            {
                var now = time.GetUtcNow();
                db.Add(new Budget
                {
                    Id = Guid.CreateVersion7(now), TenantId = tenantId, ScopeKind = BudgetScopeKind.Tenant, Period = period, LimitNano = Usd.FromAmount(usd).Nano, CreatedAt = now,
                    UpdatedAt = now,
                });
            }
        }
    }
}
