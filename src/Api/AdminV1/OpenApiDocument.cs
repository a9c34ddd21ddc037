using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Scalelite.Projections.AdminTokens;

namespace Scalelite.Api.AdminV1;

/// <summary>
/// The OpenAPI 3.1 document. It is written from the table of operations, and its schemas from the types that are read and written, so that it cannot
/// tell something else than what is served.
/// </summary>
internal static class OpenApiDocument
{
    private const string Json = "application/json";

    private static readonly Lazy<byte[]> Written = new(() => JsonSerializer.SerializeToUtf8Bytes(Write(AdminV1Setup.Operations), V1Json.Options));

    private static readonly JsonSchemaExporterOptions Schemas = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Annotate };

    /// <summary>The operation that answers it, to anybody: it holds nothing but what the documentation holds.</summary>
    public static ApiOperation Operation { get; } =
        new("GET", "/openapi.json", "getOpenApi", "This document; no token is needed", null, _ => Task.FromResult(ApiAnswer.Ok(Written.Value)))
        {
            Result = typeof(JsonElement),
        };

    private static JsonObject Write(IReadOnlyList<ApiOperation> operations)
    {
        var components = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        var paths = new JsonObject();
        foreach (var path in operations.GroupBy(operation => operation.Path))
        {
            var item = new JsonObject();
            foreach (var operation in path)
            {
#pragma warning disable CA1308 // The document's methods are in lower case.
                item[operation.Method.ToLowerInvariant()] = Of(operation, components);
#pragma warning restore CA1308
            }

            paths[path.Key] = item;
        }

        components["Problem"] = SchemaOf(typeof(Problem));
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "scalelite admin API",
                ["version"] = "1",
                ["description"] = "Servers, tenants, settings, meetings, recordings, imports, callbacks and dead letters of the pool, and its commands. Names are in snake case. "
                    + "A GET of one thing answers its ETag, and its change needs that in If-Match (* for any). Every change may give a reason, as the header "
                    + "X-Reason or the member reason of the body; it stands in the events with who did it and from where. Errors are Problem details (RFC 9457).",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = AdminV1Api.Path }),
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["description"] = "Made by scalelite tokens add NAME --role viewer|operator|admin",
                    },
                },
                ["schemas"] = new JsonObject(components.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value))),
            },
        };
    }

    private static JsonObject Of(ApiOperation operation, SortedDictionary<string, JsonNode> components)
    {
        var written = new JsonObject
        {
            ["operationId"] = operation.Id,
            ["summary"] = operation.Summary,
            ["tags"] = new JsonArray(operation.Path.Split('/')[1]),
        };
        if (operation.Role is { } role) written["description"] = $"Needs the role {ListedToken.NameOf(role)}.";
        else written["security"] = new JsonArray();
        JsonNode[] parameters =
        [
            .. operation.RouteParameters.Select(name => Parameter(name, "path", null, true, new JsonObject { ["type"] = "string" })),
            .. operation.Query.Select(parameter => Parameter(parameter.Name, "query", parameter.Description, false, SchemaOf(parameter))),
        ];
        if (operation.NeedsVersion) parameters = [.. parameters, Parameter("If-Match", "header", "The ETag of what is to be changed, or *", true, Text())];
        if (operation.Changes) parameters = [.. parameters, Parameter("X-Reason", "header", "Why, for those who read the events", false, Text())];
        if (parameters.Length > 0) written["parameters"] = new JsonArray(parameters);
        if (operation.Body is { } body)
        {
            written["requestBody"] = new JsonObject
            {
                ["required"] = operation.RequiresBody,
                ["content"] = Content(Json, Reference(body, components, withReason: true)),
            };
        }

        var responses = new JsonObject { [Status(operation.Success)] = Succeeds(operation, operation.Success, components) };
        if (operation.Success == StatusCodes.Status201Created) responses["200"] = Succeeds(operation, StatusCodes.Status200OK, components);
        foreach (var problem in ProblemsOf(operation).OrderBy(problem => problem.Status))
        {
            responses[Status(problem.Status)] = new JsonObject
            {
                ["description"] = problem.Title,
                ["content"] = Content("application/problem+json", new JsonObject { ["$ref"] = "#/components/schemas/Problem" }),
            };
        }

        written["responses"] = responses;
        return written;
    }

    private static JsonObject Succeeds(ApiOperation operation, int status, SortedDictionary<string, JsonNode> components)
    {
        var response = new JsonObject { ["description"] = status == StatusCodes.Status204NoContent ? "Done" : operation.Summary };
        if (operation.Result is { } result) response["content"] = Content(operation.ResultType, Reference(result, components));
        return response;
    }

    private static HashSet<ProblemKind> ProblemsOf(ApiOperation operation)
    {
        HashSet<ProblemKind> problems = [ProblemKind.BadRequest, ProblemKind.Failed, .. operation.Problems];
        if (operation.Role is not null) problems.UnionWith([ProblemKind.Unauthenticated, ProblemKind.Forbidden, ProblemKind.TooMany, ProblemKind.Unavailable]);
        if (operation.RouteParameters.Count > 0) problems.Add(ProblemKind.NotFound);
        if (operation.NeedsVersion) problems.UnionWith([ProblemKind.NoVersion, ProblemKind.Stale]);
        if (operation.Body is not null) problems.UnionWith([ProblemKind.NotJson, ProblemKind.TooLong]);
        return problems;
    }

    private static JsonObject Reference(Type type, SortedDictionary<string, JsonNode> components, bool withReason = false)
    {
        var name = NameOf(type);
        if (!components.ContainsKey(name))
        {
            var schema = SchemaOf(type);
            if (withReason && schema is JsonObject fields)
            {
                if (fields["properties"] is not JsonObject properties) fields["properties"] = properties = [];
                properties["reason"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["description"] = "Why, for those who read the events" };
            }

            components[name] = schema;
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private static string NameOf(Type type)
    {
        var name = type.IsGenericType ? $"{NameOf(type.GetGenericArguments()[0])}Page" : type.Name;
        foreach (var ending in (string[])["Row", "Document", "Element"])
        {
            if (name.EndsWith(ending, StringComparison.Ordinal) && name.Length > ending.Length) return name[..^ending.Length];
        }

        return name;
    }

    private static JsonNode SchemaOf(Type type) => V1Json.Options.GetJsonSchemaAsNode(type, Schemas);

    private static JsonObject SchemaOf(QueryParameter parameter) => parameter.Kind switch
    {
        QueryKind.Number => new JsonObject { ["type"] = "integer", ["minimum"] = parameter.Least, ["maximum"] = parameter.Most },
        QueryKind.Flag => new JsonObject { ["type"] = "boolean" },
        _ when parameter.Words.Count > 0 => new JsonObject
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([.. parameter.Words.Select(word => (JsonNode)word)]),
        },
        _ => Text(),
    };

    private static JsonNode Annotate(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject fields || context.PropertyInfo?.AttributeProvider is not { } attributes) return schema;
        if (attributes.GetCustomAttributes(typeof(DescriptionAttribute), false) is [DescriptionAttribute told, ..]) fields["description"] = told.Description;
        if (attributes.IsDefined(typeof(WriteOnlyAttribute), false)) fields["writeOnly"] = true;
        return fields;
    }

    private static JsonObject Parameter(string name, string place, string? description, bool required, JsonObject schema)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["required"] = required, ["schema"] = schema };
        if (description is not null) parameter["description"] = description;
        return parameter;
    }

    private static JsonObject Text() => new() { ["type"] = "string" };

    private static JsonObject Content(string type, JsonNode schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static string Status(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
