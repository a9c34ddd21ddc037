using Scalelite.Domain.Parameters;

namespace Scalelite.Api.Calls;

/// <summary>How creates are answered.</summary>
/// <param name="Deadline">CREATE_DEADLINE.</param>
/// <param name="MaxDuration">MAX_MEETING_DURATION in minutes; 0 for none.</param>
/// <param name="UsesExternalVoiceBridge">USE_EXTERNAL_VOICE_BRIDGE.</param>
/// <param name="Host">URL_HOST; null where it is not set.</param>
internal sealed record CreateOptions(TimeSpan Deadline, ParameterSettings Parameters, int MaxDuration, bool UsesExternalVoiceBridge, string? Host);
