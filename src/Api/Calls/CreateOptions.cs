using Scalelite.Domain.Parameters;
using Scalelite.Workers.Configuration;
using ParameterSettings = Scalelite.Domain.Parameters.ParameterSettings;

namespace Scalelite.Api.Calls;

/// <summary>How creates are answered.</summary>
/// <param name="Deadline">CREATE_DEADLINE.</param>
/// <param name="MaxDuration">MAX_MEETING_DURATION in minutes; 0 for none.</param>
/// <param name="UsesExternalVoiceBridge">USE_EXTERNAL_VOICE_BRIDGE.</param>
/// <param name="Http">Where nodes are to call.</param>
internal sealed record CreateOptions(TimeSpan Deadline, ParameterSettings Parameters, int MaxDuration, bool UsesExternalVoiceBridge, HttpSettings Http);
