using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.BigBlueButton.Parameters;

/// <summary>Queries with their checksum at the end (<c>bbb-api.md §1.3</c>).</summary>
public static class SignedQuery
{
    /// <summary>Encodes and signs.</summary>
    /// <param name="call">The path's last element; webhooks take two: <c>hooks/create</c>.</param>
    /// <param name="parameters">Sent in their order; one called <c>checksum</c> is left out.</param>
    /// <param name="secret">The secret shared with the receiver.</param>
    /// <returns><c>k=v&amp;…&amp;checksum=…</c>, without a question mark.</returns>
    public static string Build(string call, QueryParameters parameters, string secret, ChecksumAlgorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Contains("checksum"))
        {
            parameters = new QueryParameters(parameters.Where(parameter => parameter.Name != "checksum"));
        }

        return Sign(call, parameters.Encode(), secret, algorithm);
    }

    /// <summary>Signs a query that is encoded already, such as <see cref="RawQuery.WithoutChecksum"/>.</summary>
    /// <returns>The query as it is, with <c>checksum=…</c> behind it.</returns>
    public static string Sign(string call, string query, string secret, ChecksumAlgorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(query);
        var checksum = Checksum.Compute(algorithm, call, query, secret);
        return query.Length == 0 ? "checksum=" + checksum : string.Concat(query, "&checksum=", checksum);
    }
}
