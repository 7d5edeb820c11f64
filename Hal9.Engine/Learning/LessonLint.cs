using System.Text.RegularExpressions;

namespace Hal9.Engine.Learning;

/// <summary>
/// What may not stand in a text that is shown to models again and again: orders to them, secrets, and data of persons. It is a filter, not a proof: a person reads every lesson too, and
/// lessons are shown as quoted data below the neuron's instructions.
/// </summary>
internal static partial class LessonLint
{
    /// <summary>The longest lesson.</summary>
    public const int Longest = 280;

    /// <summary>Why a text is refused; null: it is not.</summary>
    public static string? FaultOf(string? text, int longest) =>
        string.IsNullOrWhiteSpace(text) ? "a text is empty."
        : text.Length > longest ? $"a text has {text.Length} characters; at most {longest} are shown."
        : Hidden().IsMatch(text) ? "a text has characters that nobody sees."
        : Order().IsMatch(text) ? "a text gives orders to the model or speaks of its instructions."
        : Secret().IsMatch(text) ? "a text looks as if it held a secret."
        : Person().IsMatch(text) ? "a text holds an address or a number of a person."
        : null;

    [GeneratedRegex(@"[\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF\u00AD]|[\uDB40][\uDC00-\uDC7F]")]
    private static partial Regex Hidden();

    [GeneratedRegex(
        @"\b(ignore|disregard|forget|override|bypass|ignoriere|vergiss|missachte)\b.{0,40}\b(previous|above|prior|earlier|all|any|every|instructions?|rules?|policy|policies|system|vorherigen|alle|anweisungen|regeln)\b"
        + @"|\b(system|developer)\s+(prompt|message|instructions?)\b|\byou are now\b|\bact as\b|\bpretend (to be|you)\b|\bjailbreak\b|\bdo not (tell|mention|reveal)\b|\breveal\b.{0,30}\b(prompt|instructions?|secret)"
        + @"|^\s*(system|assistant|developer|user)\s*:|<\|?\s*/?(system|im_start|im_end|assistant|user)\b|\[/?INST\]|##\s+(Your task now|Goal)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Order();

    [GeneratedRegex(@"\b(sk|pk|rk|ghp|gho|xox[abp]|hal9)[-_][A-Za-z0-9_-]{12,}|\bAKIA[0-9A-Z]{16}\b|-----BEGIN|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|\b(password|passwd|passwort|secret|api[_ -]?key|token)\s*[:=]\s*\S{4,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Secret();

    [GeneratedRegex(@"[\w.+-]+@[\w-]+\.[\w.]{2,}|\b(?:\d[ -]?){13,19}\b|\+\d[\d ()/-]{8,}\d", RegexOptions.CultureInvariant)]
    private static partial Regex Person();
}
