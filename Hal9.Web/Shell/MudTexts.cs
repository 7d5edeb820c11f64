using Microsoft.Extensions.Localization;
using MudBlazor;

namespace Hal9.Web.Shell;

/// <summary>MudBlazor's own strings: ours where <c>MudTexts.resx</c> has them, else the library's English.</summary>
internal sealed class MudTexts(IStringLocalizer<MudTexts> texts) : MudLocalizer
{
    public override LocalizedString this[string key] => texts[key];

    public override LocalizedString this[string key, params object[] arguments] => texts[key, arguments];
}
