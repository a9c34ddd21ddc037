using Scalelite.Simulator.Answers;
using Scalelite.Simulator.Hooks;

namespace Scalelite.Simulator.Calls;

/// <summary>The calls of bbb-webhooks (<c>bbb-api.md §5</c>); a node without it does not know them.</summary>
internal static class HookCalls
{
    public static Answer Create(CallRequest request) => With(request, hooks =>
    {
        if (request["callbackURL"] is not { } url) return Answer.Failed("missingParamCallbackURL", "You must specify a callbackURL in the parameters.");
        var (hook, duplicated) = hooks.Create(url, request.NotEmpty("meetingID"), request.NotEmpty("eventID"), request["getRaw"] == "true");
        var xml = new XmlBuffer().Raw("<response><returncode>SUCCESS</returncode>"u8).Element("hookID"u8, hook.Id);
        xml = duplicated
            ? xml.Element("messageKey"u8, "duplicateWarning").Element("message"u8, "There is already a hook for this callback URL.")
            : xml.Element("permanentHook"u8, false).Element("rawData"u8, hook.RawData);
        return Answer.Fixed(xml.Raw("</response>"u8).ToArray());
    });

    public static Answer List(CallRequest request) => With(request, hooks =>
    {
        var xml = new XmlBuffer().Raw("<response><returncode>SUCCESS</returncode><hooks>"u8);
        foreach (var hook in hooks.All)
        {
            xml.Raw("<hook>"u8).Element("hookID"u8, hook.Id).Element("callbackURL"u8, hook.CallbackUrl);
            if (hook.MeetingID is not null) xml.Element("meetingID"u8, hook.MeetingID);
            xml.Element("permanentHook"u8, false).Element("rawData"u8, hook.RawData).Raw("</hook>"u8);
        }

        return Answer.Fixed(xml.Raw("</hooks></response>"u8).ToArray());
    });

    public static Answer Destroy(CallRequest request) => With(request, hooks =>
        request["hookID"] is not { } id ? Answer.Failed("missingParamHookID", "You must specify a hookID in the parameters.")
        : hooks.Destroy(id) ? Answer.Fixed("<response><returncode>SUCCESS</returncode><removed>true</removed></response>"u8)
        : Answer.Failed("destroyMissingHook", "The hook informed was not found."));

    private static Answer With(CallRequest request, Func<NodeHooks, Answer> answer) =>
        request.Node.Hooks is { } hooks ? answer(hooks) : Answer.Failed("unsupportedRequest", "This request is not supported.");
}
