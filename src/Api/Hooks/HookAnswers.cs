using Scalelite.BigBlueButton.Answers;
using Scalelite.Projections.Hooks;
using Scalelite.Workers.Hooks;

namespace Scalelite.Api.Hooks;

/// <summary>What the hooks' calls answer, in bbb-webhooks' words (<c>bbb-api.md §5</c>).</summary>
internal static class HookAnswers
{
    /// <summary>hooks/create without a URL.</summary>
    public static BbbError MissingUrl { get; } = new("missingParamCallbackURL", "You must specify a callbackURL in the parameters.");

    /// <summary>hooks/create with a URL that cannot be called, or one too many.</summary>
    public static BbbError NotCreated { get; } = new("createHookError", "An error happened while creating your hook. Check the logs.");

    /// <summary>hooks/destroy without a number.</summary>
    public static BbbError MissingId { get; } = new("missingParamHookID", "You must specify a hookID in the parameters.");

    /// <summary>hooks/destroy of what is not there.</summary>
    public static BbbError NotThere { get; } = new("destroyMissingHook", "The hook informed was not found.");

    /// <summary>hooks/destroy.</summary>
    public static ReadOnlyMemory<byte> Removed { get; } = BbbXml.Success(xml => xml.Element("removed"u8, true));

    /// <summary>hooks/create.</summary>
    public static byte[] Created(CreatedHook hook) => BbbXml.Success(xml =>
    {
        xml.Element("hookID"u8, hook.Number);
        if (hook.IsNew) xml.Element("permanentHook"u8, false).Element("rawData"u8, hook.GetRaw);
        else xml.Element("messageKey"u8, "duplicateWarning").Element("message"u8, "There is already a hook for this callback URL.");
    });

    /// <summary>hooks/list.</summary>
    public static byte[] List(IEnumerable<(KnownHook Hook, string Url)> hooks) => BbbXml.Success(xml =>
    {
        xml.Begin("hooks"u8);
        foreach (var (hook, url) in hooks)
        {
            xml.Begin("hook"u8).Element("hookID"u8, hook.Number).Element("callbackURL"u8, url);
            if (hook.MeetingId is not null) xml.Element("meetingID"u8, hook.MeetingId);
            if (hook.EventIds is not null) xml.Element("eventID"u8, hook.EventIds);
            xml.Element("permanentHook"u8, false).Element("rawData"u8, hook.GetRaw).End("hook"u8);
        }

        xml.End("hooks"u8);
    });
}
