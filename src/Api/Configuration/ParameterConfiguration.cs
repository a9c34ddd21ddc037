using System.Text;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>Parameters that are added to or taken from the clients' calls.</summary>
internal static class ParameterConfiguration
{
    // These decide which meeting a call is about and whether it may be made: no setting changes them.
    private static readonly string[] _untouchable = ["checksum", "meetingID"];

    public static readonly Setting<IReadOnlyList<KeyValuePair<string, string>>> DefaultCreate = Pairs(
        "DEFAULT_CREATE_PARAMS", "Parameters of a create that a client's own value replaces.", "webcamsOnlyForModerator=true,welcome=Hello\\, all");

    public static readonly Setting<IReadOnlyList<KeyValuePair<string, string>>> OverrideCreate = Pairs(
        "OVERRIDE_CREATE_PARAMS", "Parameters of a create that replace a client's value.", "guestPolicy=ALWAYS_ACCEPT");

    public static readonly Setting<IReadOnlyList<KeyValuePair<string, string>>> DefaultJoin = Pairs(
        "DEFAULT_JOIN_PARAMS", "Parameters of a join that a client's own value replaces.", "userdata-bbb_auto_join_audio=true");

    public static readonly Setting<IReadOnlyList<KeyValuePair<string, string>>> OverrideJoin = Pairs(
        "OVERRIDE_JOIN_PARAMS", "Parameters of a join that replace a client's value.", "userdata-bbb_show_public_chat_on_login=false");

    public static readonly Setting<IReadOnlyList<string>> CreateExclude = Names(
        "CREATE_EXCLUDE_PARAMS", "Parameters of a create that are dropped from what the client sent.", "maxParticipants,logo");

    public static readonly Setting<IReadOnlyList<string>> JoinExclude = Names(
        "JOIN_EXCLUDE_PARAMS", "Parameters of a join that are dropped from what the client sent.", "avatarURL");

    public static IReadOnlyList<Setting> All => [DefaultCreate, OverrideCreate, DefaultJoin, OverrideJoin, CreateExclude, JoinExclude];

    public static ParameterSettings Read(SettingsReader reader) => new()
    {
        DefaultCreate = reader.Read(DefaultCreate),
        OverrideCreate = reader.Read(OverrideCreate),
        DefaultJoin = reader.Read(DefaultJoin),
        OverrideJoin = reader.Read(OverrideJoin),
        CreateExclude = reader.Read(CreateExclude),
        JoinExclude = reader.Read(JoinExclude),
    };

    private static Setting<IReadOnlyList<KeyValuePair<string, string>>> Pairs(string name, string meaning, string example) =>
        SettingKinds.List<KeyValuePair<string, string>>(name, "`name=value` pairs, separated by `,`; `\\,` for a comma in a value", meaning, example, text =>
        {
            var pairs = new List<KeyValuePair<string, string>>();
            foreach (var part in SplitUnescaped(text))
            {
                var equals = part.IndexOf('=', StringComparison.Ordinal);
                if (equals < 0) return Parsed<IReadOnlyList<KeyValuePair<string, string>>>.Wrong($"'{part}' has no `=`");
                var key = part[..equals].Trim();
                if (WhyNot(key, pairs.Select(p => p.Key)) is { } why) return Parsed<IReadOnlyList<KeyValuePair<string, string>>>.Wrong(why);
                pairs.Add(new(key, part[(equals + 1)..]));
            }

            return pairs;
        });

    private static Setting<IReadOnlyList<string>> Names(string name, string meaning, string example) =>
        SettingKinds.List<string>(name, "names of parameters, separated by `,`", meaning, example, text =>
        {
            var names = new List<string>();
            foreach (var part in text.TrimEnd(',', ' ').Split(',', StringSplitOptions.TrimEntries))
            {
                if (WhyNot(part, names) is { } why) return Parsed<IReadOnlyList<string>>.Wrong(why);
                names.Add(part);
            }

            return names;
        });

    private static string? WhyNot(string name, IEnumerable<string> before) =>
        name.Length == 0 ? "a name is empty"
        : _untouchable.Contains(name, StringComparer.OrdinalIgnoreCase) ? $"'{name}' cannot be changed by a setting"
        : before.Contains(name, StringComparer.Ordinal) ? $"'{name}' is given twice"
        : null;

    private static List<string> SplitUnescaped(string text)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] == ',')
                part.Append(text[++i]);
            else if (text[i] == ',')
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
                part.Append(text[i]);
        }

        // A comma at the end says nothing, as with Scalelite.
        if (part.Length > 0) parts.Add(part.ToString());
        return parts;
    }
}
