namespace Scalelite.Api.Calls;

/// <summary>One call of the BBB API. By the time it is asked, the method, the content type and the checksum were right.</summary>
internal interface IBbbCall
{
    /// <summary>The path's last element: <c>create</c>.</summary>
    string Name { get; }

    /// <summary>What it takes.</summary>
    CallMethods Methods { get; }

    /// <summary>Answers the request.</summary>
    Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation);
}

/// <summary>Methods and bodies that a call takes (<c>bbb-api.md §1.1, §1.2</c>).</summary>
[Flags]
internal enum CallMethods
{
    /// <summary>GET.</summary>
    Get = 1,

    /// <summary>POST with a form, which is read to its end and not used.</summary>
    Post = 2,

    /// <summary>POST with an XML body.</summary>
    PostXml = 4,
}
