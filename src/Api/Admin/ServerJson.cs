using System.Globalization;
using System.Text.Json;
using Scalelite.Api.CommandLine.Servers;

namespace Scalelite.Api.Admin;

/// <summary>A server as Scalelite writes it: the same fields, in the same order, of the same types.</summary>
internal static class ServerJson
{
    /// <summary>Shown in place of a secret.</summary>
    public const string HiddenSecret = "********";

    // As Ruby writes a number that need not be whole: 1 is 1.0.
    private const string WithFraction = "0.0###########################";

    /// <summary>Writes it; what Scalelite does not tell comes last, and only where it was asked for.</summary>
    public static void WriteServer(this Utf8JsonWriter json, ServerRow row, string secret)
    {
        json.WriteStartObject();
        json.WriteString("id", row.Id);
        json.WriteString("url", row.Url);
        json.WriteString("secret", secret);
        json.WriteString("tag", row.Tag ?? "");
        json.WriteString("bbb_version", row.BbbVersion ?? "");
        json.WriteString("state", row.State.ToString().ToLowerInvariant());
        json.WritePropertyName("load");
        if (row.Load is { } load) json.WriteRawValue(Text(load));
        else json.WriteStringValue("unavailable");
        json.WriteString("load_multiplier", Text(row.LoadMultiplier));
        json.WriteString("online", row.Online);
        if (row is { Removable: { } removable, WaitsFor: { } waitsFor })
        {
            json.WriteBoolean("removable", removable);
            json.WriteStartArray("waits_for");
            foreach (var one in waitsFor) json.WriteStringValue(one);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string Text(decimal number) => number.ToString(WithFraction, CultureInfo.InvariantCulture);
}
