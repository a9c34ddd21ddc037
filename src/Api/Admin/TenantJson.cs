using System.Text.Json;
using Scalelite.Projections.Tenants;

namespace Scalelite.Api.Admin;

/// <summary>A tenant as Scalelite writes it: the same fields, in the same order.</summary>
internal static class TenantJson
{
    /// <summary>What every answer has of it.</summary>
    public static void WriteFields(this Utf8JsonWriter json, ListedTenant tenant, string secrets)
    {
        json.WriteString("id", tenant.Id);
        json.WriteString("name", tenant.Name);
        json.WriteString("secrets", secrets);
    }

    /// <summary>getTenantInfo.</summary>
    public static void WriteTenant(this Utf8JsonWriter json, ListedTenant tenant, string secrets)
    {
        json.WriteStartObject();
        json.WriteFields(tenant, secrets);
        json.WriteRecord();
        json.WriteEndObject();
    }

    /// <summary>addTenant: documented is the id, written the tenant.</summary>
    public static void WriteAdded(this Utf8JsonWriter json, ListedTenant tenant, string secrets)
    {
        json.WriteStartObject();
        json.WriteString("id", tenant.Id);
        json.WritePropertyName("tenant");
        json.WriteTenant(tenant, secrets);
        json.WriteEndObject();
    }

    /// <summary>updateTenant: documented are its fields, written is the tenant.</summary>
    public static void WriteUpdated(this Utf8JsonWriter json, ListedTenant tenant, string secrets)
    {
        json.WriteStartObject();
        json.WriteFields(tenant, secrets);
        json.WriteRecord();
        json.WritePropertyName("tenant");
        json.WriteTenant(tenant, secrets);
        json.WriteEndObject();
    }

    // What a record of Ruby's shows of itself.
    private static void WriteRecord(this Utf8JsonWriter json)
    {
        json.WriteBoolean("destroyed", false);
        json.WriteBoolean("new_record", false);
    }
}
