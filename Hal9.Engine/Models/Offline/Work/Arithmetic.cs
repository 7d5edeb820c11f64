using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Hal9.Engine.Models.Offline.Work;

/// <summary>Evaluates plain arithmetic exactly, with fractions of whole numbers.</summary>
internal static class Arithmetic
{
    private const string Symbols = "+-*/×÷·−^%()., ";
    private const int MostExpressions = 10;

    private static readonly SearchValues<char> Inside = SearchValues.Create("0123456789" + Symbols);
    private static readonly SearchValues<char> Operators = SearchValues.Create("+-*/×÷·−^%");
    private static readonly SearchValues<char> Telling = SearchValues.Create("+*×÷·^%( ");

    /// <summary>The results of the calculations that the instruction asks for, or null when it asks for none.</summary>
    public static string? TryWrite(string instruction, string told)
    {
        var words = Lexicon.Shipped;
        var sums = words.Sum.In(instruction);
        if (sums || words.Average.In(instruction))
        {
            return OfNumbers(instruction, told, sums);
        }
        var asked = words.Arithmetic.In(instruction);
        var lines = Expressions(instruction, whole: !asked)
            .Take(MostExpressions)
            .Select(expression => (expression, Value: Evaluate(expression)))
            .Where(line => line.Value is not null)
            .Select(line => $"`{line.expression}` = **{line.Value}**")
            .ToList();
        return lines.Count > 0 ? "## Calculated exactly\n\n" + string.Join("\n\n", lines) : null;
    }

    private static string? OfNumbers(string instruction, string told, bool sum)
    {
        var numbers = Numbers(instruction).Concat(Numbers(told)).Take(10_000).ToList();
        if (numbers.Count < 2)
        {
            return null;
        }
        var total = numbers.Aggregate(new Fraction(0, 1), (left, right) => left + right);
        var result = sum ? total : total / new Fraction(numbers.Count, 1);
        return string.Create(CultureInfo.InvariantCulture, $"## Calculated exactly\n\n{(sum ? "Sum" : "Average")} of the {numbers.Count} numbers in your text: **{result}**");
    }

    private static string? Evaluate(string expression)
    {
        var parser = new Parser(expression);
        return parser.TryRead(out var value) ? value.ToString() : null;
    }

    /// <summary>Runs of digits, operators and brackets with at least one operator between two numbers.</summary>
    private static IEnumerable<string> Expressions(string text, bool whole)
    {
        text = text.Replace("% of ", "% * ", StringComparison.OrdinalIgnoreCase).Replace("% von ", "% * ", StringComparison.OrdinalIgnoreCase);
        if (whole)
        {
            // Without a word that asks for it only an expression alone counts, and no date or telephone number.
            text = text.Trim().TrimEnd('=', '?', ' ');
            if (text.AsSpan().IndexOfAnyExcept(Inside) >= 0 || text.AsSpan().IndexOfAny(Telling) < 0)
            {
                yield break;
            }
        }
        for (var i = 0; i < text.Length; i++)
        {
            var start = i;
            while (i < text.Length && (char.IsAsciiDigit(text[i]) || Symbols.Contains(text[i], StringComparison.Ordinal)))
            {
                i++;
            }
            var run = text[start..i].TrimEnd('.', ',', ' ').TrimStart(')', '.', ',', ' ', '*', '/', '×', '÷', '·', '^', '%');
            if (run.Length is > 2 and <= 500 && run.Any(char.IsAsciiDigit) && run.AsSpan(1).IndexOfAny(Operators) >= 0)
            {
                yield return run;
            }
        }
    }

    private static IEnumerable<Fraction> Numbers(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]) || (i > 0 && char.IsLetter(text[i - 1])))
            {
                while (i < text.Length && char.IsLetterOrDigit(text[i]))
                {
                    i++;
                }
                continue;
            }
            var negative = i > 0 && text[i - 1] is '-' or '−' && (i == 1 || char.IsWhiteSpace(text[i - 2]));
            if (Parser.TryNumber(text, ref i, out var number))
            {
                yield return negative ? new Fraction(0, 1) - number : number;
            }
        }
    }

    /// <summary>Sum, product, power, sign, percent, brackets. Bounded in depth and size.</summary>
    private sealed class Parser(string text)
    {
        private const int Deepest = 50;
        private const int LargestBits = 8192;
        private int at;
        private int depth;

        public bool TryRead(out Fraction value) => Sum(out value) && Skip() == '\0';

        /// <summary>Digits with commas between groups of three and one point.</summary>
        public static bool TryNumber(string text, ref int at, out Fraction number)
        {
            var digits = new StringBuilder();
            var decimals = 0;
            var point = false;
            for (; at < text.Length; at++)
            {
                var character = text[at];
                if (char.IsAsciiDigit(character))
                {
                    digits.Append(character);
                    decimals += point ? 1 : 0;
                }
                else if (character == '.' && !point && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))
                {
                    point = true;
                }
                else if (!(character == ',' && !point && digits.Length > 0 && IsGroup(text, at + 1)))
                {
                    break;
                }
            }
            number = digits.Length is 0 or > 500
                ? default
                : new Fraction(BigInteger.Parse(digits.ToString(), NumberStyles.None, CultureInfo.InvariantCulture), BigInteger.Pow(10, decimals));
            return digits.Length is > 0 and <= 500;
        }

        private static bool IsGroup(string text, int at) =>
            at + 3 <= text.Length && text.AsSpan(at, 3).IndexOfAnyExceptInRange('0', '9') < 0 && !(at + 3 < text.Length && char.IsAsciiDigit(text[at + 3]));

        private bool Sum(out Fraction value)
        {
            if (++depth > Deepest || !Product(out value))
            {
                value = default;
                return false;
            }
            while (Skip() is '+' or '-' or '−')
            {
                var minus = text[at++] is not '+';
                if (!Product(out var right))
                {
                    return false;
                }
                value = minus ? value - right : value + right;
            }
            depth--;
            return value.Bits < LargestBits;
        }

        private bool Product(out Fraction value)
        {
            if (!Signed(out value))
            {
                return false;
            }
            while (Skip() is '*' or '×' or '·' or '/' or '÷')
            {
                var divides = text[at++] is '/' or '÷';
                if (!Signed(out var right) || (divides && right.IsZero) || value.Bits > LargestBits)
                {
                    return false;
                }
                value = divides ? value / right : value * right;
            }
            return true;
        }

        private bool Signed(out Fraction value)
        {
            if (Skip() is '-' or '−' or '+')
            {
                var minus = text[at++] is not '+';
                value = default;
                if (++depth > Deepest || !Signed(out value))
                {
                    return false;
                }
                depth--;
                value = minus ? new Fraction(0, 1) - value : value;
                return true;
            }
            return Power(out value);
        }

        private bool Power(out Fraction value)
        {
            if (!Primary(out value))
            {
                return false;
            }
            if (Skip() != '^')
            {
                return true;
            }
            at++;
            if (++depth > Deepest || !Signed(out var exponent) || !exponent.IsWhole
                || BigInteger.Abs(exponent.Numerator) > 1000 || value.Bits * (long)BigInteger.Abs(exponent.Numerator) > LargestBits
                || !value.TryPower((int)exponent.Numerator, out var power))
            {
                return false;
            }
            depth--;
            value = power;
            return true;
        }

        private bool Primary(out Fraction value)
        {
            if (Skip() == '(')
            {
                at++;
                if (!Sum(out value) || Skip() != ')')
                {
                    return false;
                }
                at++;
            }
            else if (!TryNumber(text, ref at, out value))
            {
                return false;
            }
            if (Skip() == '%')
            {
                at++;
                value /= new Fraction(100, 1);
            }
            return true;
        }

        /// <summary>The next character that is not a space; zero at the end.</summary>
        private char Skip()
        {
            while (at < text.Length && text[at] == ' ')
            {
                at++;
            }
            return at < text.Length ? text[at] : '\0';
        }
    }

    /// <summary>A fraction in lowest terms with a positive denominator.</summary>
    private readonly record struct Fraction
    {
        public Fraction(BigInteger numerator, BigInteger denominator)
        {
            var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
            Numerator = numerator / divisor;
            Denominator = denominator / divisor;
        }

        public BigInteger Numerator { get; }

        public BigInteger Denominator { get; }

        public bool IsZero => Numerator.IsZero;

        public bool IsWhole => Denominator.IsOne;

        public long Bits => Numerator.GetBitLength() + Denominator.GetBitLength();

        public static Fraction operator +(Fraction a, Fraction b) => new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

        public static Fraction operator -(Fraction a, Fraction b) => new((a.Numerator * b.Denominator) - (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

        public static Fraction operator *(Fraction a, Fraction b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

        public static Fraction operator /(Fraction a, Fraction b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

        public bool TryPower(int exponent, out Fraction result)
        {
            result = default;
            if (exponent < 0 && IsZero)
            {
                return false;
            }
            var (up, down) = exponent < 0 ? (Denominator, Numerator) : (Numerator, Denominator);
            result = new Fraction(BigInteger.Pow(up, Math.Abs(exponent)), BigInteger.Pow(down, Math.Abs(exponent)));
            return true;
        }

        /// <summary>Whole, or a decimal that ends, or the fraction with its first twelve decimals.</summary>
        public override string ToString()
        {
            if (IsWhole)
            {
                return Numerator.ToString(CultureInfo.InvariantCulture);
            }
            var places = Places();
            var shown = Decimal(places ?? 12);
            return places is null ? string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator} ≈ {shown}") : shown;
        }

        /// <summary>How many decimals it has; null when they never end or are too many to show.</summary>
        private int? Places()
        {
            var power = BigInteger.One;
            for (var places = 1; places <= 60; places++)
            {
                power *= 10;
                if ((power % Denominator).IsZero)
                {
                    return places;
                }
            }
            return null;
        }

        private string Decimal(int places)
        {
            var scaled = BigInteger.Abs(Numerator) * BigInteger.Pow(10, places);
            var rounded = (scaled + (Denominator / 2)) / Denominator;
            var digits = rounded.ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
            return (Numerator.Sign < 0 ? "-" : "") + digits[..^places] + "." + digits[^places..];
        }
    }
}
