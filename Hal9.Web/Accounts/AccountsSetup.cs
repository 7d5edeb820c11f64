using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Hal9.Web.Accounts;

internal static class AccountsSetup
{
    /// <summary>Who somebody is, and what they may do. After the Razor components: their authentication state is replaced.</summary>
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        Secrets.Add(builder);
        services.AddScoped(provider => AccountsDb.Open(provider.GetRequiredService<Database>()));
        services.AddSingleton(provider => new MigratedContext(() => AccountsDb.Open(provider.GetRequiredService<Database>())));

        services.AddOptions<SetupOptions>().Bind(builder.Configuration.GetSection("Hal9:Setup"), binder => binder.ErrorOnUnknownConfiguration = true);
        services.AddSingleton<FirstSetup>().AddSingleton<FirstStart>().AddHostedService(provider => provider.GetRequiredService<FirstStart>());

        services.AddSingleton<Standing>().AddSingleton<Gatekeeper>().AddSingleton<TokenKeys>().AddSingleton<Tokens>();
        services.AddScoped<PasswordDoor>().AddScoped<CurrentActor>().AddSingleton<PeopleNames>();
        AddIdentity(services);
        AddSchemes(services);

        services.AddAuthorizationBuilder().SetDefaultPolicy(NeedsPolicies.AnActor().Build()).SetFallbackPolicy(NeedsPolicies.AnActor().Build());
        services.AddSingleton<IAuthorizationPolicyProvider, NeedsPolicies>()
            .AddSingleton<IAuthorizationHandler, NeedsHandler>()
            .AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>();
        services.AddCascadingAuthenticationState().AddScoped<AuthenticationStateProvider, CircuitSession>();
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "hal9-form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
    }

    /// <summary>Before the server listens: the token key, and unattended set-up if asked for.</summary>
    public static async Task PrepareAccountsAsync(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<SetupOptions>>().Value;
        if (options.Faults().ToList() is { Count: > 0 } faults)
        {
            throw new InvalidOperationException(string.Join(" ", faults));
        }
        await app.Services.GetRequiredService<TokenKeys>().LoadAsync(app.Lifetime.ApplicationStopping);
        await app.Services.GetRequiredService<FirstStart>().PrepareAsync(app.Lifetime.ApplicationStopping);
    }

    public static void MapAccounts(this WebApplication app)
    {
        app.MapTokens();
        app.MapKeys();
        app.MapSignOut();
    }

    private static void AddIdentity(IServiceCollection services)
    {
        services.AddIdentityCore<Person>(options =>
        {
            options.User.RequireUniqueEmail = true;
            // Length beats classes of characters (NIST SP 800-63B).
            options.Password.RequiredLength = PasswordRules.Length;
            options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
            options.Password.RequiredUniqueChars = PasswordRules.Different;
            options.Lockout.MaxFailedAccessAttempts = 5;
            options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
        })
            .AddEntityFrameworkStores<AccountsDb>()
            .AddPasswordValidator<PasswordRules>()
            .AddClaimsPrincipalFactory<ActorPrincipalFactory>()
            .AddSignInManager()
            .AddDefaultTokenProviders();
        services.AddOptions<SecurityStampValidatorOptions>().Configure<TenantService>((options, tenants) =>
        {
            options.ValidationInterval = TenantService.Staleness;
            options.OnRefreshingPrincipal = context => Session.RefreshAsync(context, tenants);
        });
    }

    private static void AddSchemes(IServiceCollection services)
    {
        var schemes = services.AddAuthentication(options =>
        {
            options.DefaultScheme = Schemes.Any;
            options.DefaultSignInScheme = IdentityConstants.ApplicationScheme;
        });
        schemes.AddPolicyScheme(Schemes.Any, null, options => options.ForwardDefaultSelector = Schemes.Select);
        schemes.AddScheme<AuthenticationSchemeOptions, KeyHandler>(Schemes.Key, null);
        schemes.AddJwtBearer();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, TokenBearer>();
        schemes.AddIdentityCookies(cookies => cookies.ApplicationCookie!.Configure(options =>
        {
            options.Cookie.Name = "hal9";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SlidingExpiration = true;
            options.ExpireTimeSpan = TimeSpan.FromDays(7);
            options.LoginPath = AccountUrls.SignIn;
            options.AccessDeniedPath = AccountUrls.Denied;
            options.ReturnUrlParameter = "returnUrl";
            options.Events.OnValidatePrincipal = Session.ValidateAsync;
        }));
    }
}
