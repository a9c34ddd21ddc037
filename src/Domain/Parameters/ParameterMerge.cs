namespace Scalelite.Domain.Parameters;

/// <summary>
/// The parameters of a call as they are put together. They stay in the client's order; of a name that comes twice the first
/// counts, as at a node.
/// </summary>
internal sealed class ParameterMerge
{
    private readonly List<Parameter> parameters = [];
    private readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);

    public ParameterMerge(IEnumerable<Parameter> client)
    {
        foreach (var parameter in client)
            SetIfAbsent(parameter.Canonical);
    }

    /// <summary>Exclusions, tenant defaults &lt; defaults &lt; client &lt; overrides &lt; tenant overrides.</summary>
    public void Settle(ParameterSettings settings, ParameterSettings tenant)
    {
        // The id is how everyone knows the meeting: no setting changes it.
        foreach (var excluded in settings.Excluded)
            if (excluded != Names.MeetingId)
                Remove(new Parameter(excluded, "").Canonical.Name);
        foreach (var parameter in settings.Defaults.Concat(tenant.Defaults))
            SetIfAbsent(parameter.Canonical);
        foreach (var parameter in settings.Overrides.Concat(tenant.Overrides))
            if (parameter.Name != Names.MeetingId)
                Set(parameter.Canonical);
    }

    public string? this[string name] => positions.TryGetValue(name, out var at) ? parameters[at].Value : null;

    public void Set(Parameter parameter)
    {
        if (positions.TryGetValue(parameter.Name, out var at))
            parameters[at] = parameter;
        else
            SetIfAbsent(parameter);
    }

    public void SetIfAbsent(Parameter parameter)
    {
        if (positions.TryAdd(parameter.Name, parameters.Count))
            parameters.Add(parameter);
    }

    public void Remove(string name) => RemoveAll(parameter => parameter.Name == name);

    public void RemoveAll(Predicate<Parameter> match)
    {
        if (parameters.RemoveAll(match) == 0)
            return;
        positions.Clear();
        for (var i = 0; i < parameters.Count; i++)
            positions[parameters[i].Name] = i;
    }

    public IReadOnlyList<Parameter> ToList() => parameters;

    internal static class Names
    {
        public const string MeetingId = "meetingID";
        public const string Duration = "duration";
        public const string VoiceBridge = "voiceBridge";
    }
}
