using System.Globalization;
using Scalelite.Api.Calls;
using Scalelite.BigBlueButton.Answers;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Recordings;

namespace Scalelite.Api.Recordings;

/// <summary>Reads the parameters of the recording calls.</summary>
internal static class RecordingQuery
{
    private const int MostInPage = 100;
    private const string MetaPrefix = "meta_";

    private static readonly BbbError NotIntegral = new("validationError", "Value must be an integral number");

    /// <summary>The ids of a comma list, each once and in its order; null where there is none.</summary>
    public static IReadOnlyList<string>? Ids(CallRequest request, string name)
    {
        var ids = (request.Query[name] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return ids.Length == 0 ? null : [.. ids.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// What getRecordings asks for. A recordID is a prefix and overrides meetingID; without a limit there are no pages, and the offset is not looked at.
    /// </summary>
    /// <param name="error">What is wrong; then the filter is null.</param>
    public static RecordingFilter? Filter(CallRequest request, out BbbError? error)
    {
        error = null;
        int? limit = null;
        var offset = 0;
        if (request.Query["limit"] is { Length: > 0 } limitText)
        {
            var offsetText = request.Query["offset"] is { Length: > 0 } sent ? sent : "0";
            if (!TryRead(limitText, out var most) || most < 1 || !TryRead(offsetText, out offset) || offset < 0)
            {
                error = NotIntegral;
                return null;
            }

            limit = Math.Min(most, MostInPage);
        }

        var records = Ids(request, "recordID");
        return new RecordingFilter
        {
            TenantId = request.TenantId,
            RecordIds = records,
            MeetingIds = records is null ? Ids(request, "meetingID") : null,
            States = States(request.Query["state"]),
            Metadata = [.. Metadata(request).Select(meta => MetadataFilter.Of(meta.Key, meta.Value))],
            Offset = offset,
            Limit = limit,
        };
    }

    /// <summary>The <c>meta_</c> parameters without that, in lower case; of two with one name the first.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(CallRequest request)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in request.Query.Parameters)
        {
            if (name.StartsWith(MetaPrefix, StringComparison.Ordinal) && name.Length > MetaPrefix.Length)
            {
                metadata.TryAdd(name[MetaPrefix.Length..].ToLowerInvariant(), value);
            }
        }

        return metadata;
    }

    /// <summary>A key as BBB takes it: letters, digits and <c>-</c>, a letter first.</summary>
    public static bool IsMetadataKey(string key) => char.IsAsciiLetter(key[0]) && key.All(one => char.IsAsciiLetterOrDigit(one) || one == '-');

    /// <summary>PostgreSQL holds no U+0000: what is sought with it is not there.</summary>
    public static bool CanBeStored(RecordingFilter filter) =>
        !(filter.RecordIds ?? []).Concat(filter.MeetingIds ?? []).Concat(filter.Metadata.SelectMany(meta => new[] { meta.Key, meta.Value }))
            .Any(text => text.Contains('\0', StringComparison.Ordinal));

    private static bool TryRead(string text, out int number) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    /// <summary>
    /// Published and unpublished where nothing is said, all for <c>any</c>. Recordings that are still processed are on their nodes, so
    /// those states match nothing.
    /// </summary>
    private static RecordingState[]? States(string? list)
    {
        var names = (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0)
        {
            return [RecordingState.Published, RecordingState.Unpublished];
        }

        return names.Contains("any", StringComparer.Ordinal)
            ? null
            : [.. Enum.GetValues<RecordingState>().Where(state => names.Contains(CatalogedRecording.NameOf(state), StringComparer.Ordinal))];
    }
}
