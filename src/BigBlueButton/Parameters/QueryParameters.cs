using System.Collections;
using System.Text;
using Scalelite.Domain.Parameters;

namespace Scalelite.BigBlueButton.Parameters;

/// <summary>The parameters of a call in their order. Names have a case and may repeat; receivers take the first.</summary>
#pragma warning disable CA1710 // "Collection" says less than the plural.
public sealed class QueryParameters : IReadOnlyCollection<Parameter>
#pragma warning restore CA1710
{
    private readonly List<Parameter> _parameters;

    /// <summary>None.</summary>
    public QueryParameters() => _parameters = [];

    /// <summary>A copy of these, such as those of a <see cref="Checksums.RawQuery"/>.</summary>
    public QueryParameters(IEnumerable<Parameter> parameters) => _parameters = [.. parameters];

    /// <inheritdoc />
    public int Count => _parameters.Count;

    /// <summary>The first value of <paramref name="name"/>; null where it is absent.</summary>
    public string? this[string name] => IndexOf(name) is var at and >= 0 ? _parameters[at].Value : null;

    /// <summary>Whether <paramref name="name"/> is there, be it empty.</summary>
    public bool Contains(string name) => IndexOf(name) >= 0;

    /// <summary>Appends, whether or not the name is there already.</summary>
    public void Add(string name, string value) => _parameters.Add(new Parameter(name, value));

    /// <summary>Makes this the only value of the name: in place of its first, or at the end.</summary>
    public void Set(string name, string value)
    {
        var at = IndexOf(name);
        if (at < 0)
        {
            Add(name, value);
            return;
        }

        _parameters[at] = new Parameter(name, value);
        for (var i = _parameters.Count - 1; i > at; i--)
        {
            if (_parameters[i].Name == name)
            {
                _parameters.RemoveAt(i);
            }
        }
    }

    /// <summary>Takes all values of the name away.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string name) => RemoveAll(parameter => parameter.Name == name) > 0;

    /// <summary>Takes away what <paramref name="match"/> says.</summary>
    /// <returns>How many.</returns>
    public int RemoveAll(Predicate<Parameter> match) => _parameters.RemoveAll(match);

    /// <summary>The query's text: UTF-8, percent-encoded, a space as <c>%20</c>.</summary>
    public string Encode()
    {
        var text = new StringBuilder(_parameters.Count * 32);
        AppendTo(text);
        return text.ToString();
    }

    /// <inheritdoc />
    public IEnumerator<Parameter> GetEnumerator() => _parameters.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void AppendTo(StringBuilder text)
    {
        var first = true;
        foreach (var (name, value) in _parameters)
        {
            if (!first)
            {
                text.Append('&');
            }

            first = false;
            PercentEncoding.Append(text, name);
            text.Append('=');
            PercentEncoding.Append(text, value);
        }
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < _parameters.Count; i++)
        {
            if (_parameters[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
