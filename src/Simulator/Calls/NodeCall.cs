using System.Collections.Frozen;
using Scalelite.Simulator.Answers;

namespace Scalelite.Simulator.Calls;

/// <summary>A call that a node knows (<c>bbb-api.md §1.1</c>).</summary>
internal sealed record NodeCall(string Name, bool Get, bool Post, BodyTypes Body, Func<CallRequest, Answer> Execute)
{
    private static readonly NodeCall[] Known =
    [
        new("create", Get: true, Post: true, BodyTypes.FormOrXml, CreateCall.Execute),
        new("join", Get: true, Post: false, BodyTypes.Form, JoinCall.Execute),
        new("isMeetingRunning", Get: true, Post: true, BodyTypes.Form, Inspection.IsMeetingRunning),
        new("getMeetingInfo", Get: true, Post: true, BodyTypes.Form, Inspection.GetMeetingInfo),
        new("getMeetings", Get: true, Post: true, BodyTypes.Form, Inspection.GetMeetings),
        new("getSessions", Get: true, Post: true, BodyTypes.Form, Inspection.GetSessions),
        new("getRecordings", Get: true, Post: true, BodyTypes.Form, Inspection.GetRecordings),
        new("end", Get: true, Post: true, BodyTypes.Form, EndCall.Execute),
        new("insertDocument", Get: false, Post: true, BodyTypes.Xml, InsertDocumentCall.Execute),
        new("hooks/create", Get: true, Post: false, BodyTypes.Form, HookCalls.Create),
        new("hooks/list", Get: true, Post: false, BodyTypes.Form, HookCalls.List),
        new("hooks/destroy", Get: true, Post: false, BodyTypes.Form, HookCalls.Destroy),
        new("sendChatMessage", Get: true, Post: false, BodyTypes.Form, SendChatMessageCall.Execute),
    ];

    private static readonly FrozenDictionary<string, NodeCall> ByName = Known.ToFrozenDictionary(c => c.Name);

    private static readonly FrozenDictionary<string, NodeCall>.AlternateLookup<ReadOnlySpan<char>> ByNameSpan =
        ByName.GetAlternateLookup<ReadOnlySpan<char>>();

    public static NodeCall? Find(ReadOnlySpan<char> name) => ByNameSpan.TryGetValue(name, out var call) ? call : null;
}

/// <summary>The bodies that a call takes (<c>bbb-api.md §1.2</c>).</summary>
internal enum BodyTypes
{
    Form,
    FormOrXml,
    Xml,
}
