using System.Globalization;
using System.Text;

namespace Scalelite.Api.Metrics;

/// <summary>Writes Prometheus' text format 0.0.4.</summary>
internal sealed class MetricsPage
{
    /// <summary>Its content type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _page = new();

    /// <summary>Begins a metric.</summary>
    /// <param name="type">gauge, counter or histogram.</param>
    public MetricsPage Metric(string name, string type, string help)
    {
        _page.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n').Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    /// <summary>Writes a value of the metric.</summary>
    public MetricsPage Value(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _page.Append(name);
        if (labels.Length > 0)
        {
            _page.Append('{');
            for (var i = 0; i < labels.Length; i++)
            {
                if (i > 0) _page.Append(',');
                _page.Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
            }

            _page.Append('}');
        }

        _page.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    public override string ToString() => _page.ToString();

    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
