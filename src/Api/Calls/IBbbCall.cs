using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.Api.Calls;

/// <summary>One call of the BBB API. By the time it is asked, the method, the content type and the checksum were right.</summary>
internal interface IBbbCall
{
    /// <summary>The path's last element: <c>create</c>.</summary>
    string Name { get; }

    /// <summary>What it takes.</summary>
    CallMethods Methods { get; }

    /// <summary>It reads the form that comes with it; else that is read to its end and not used.</summary>
    bool ReadsForm => false;

    /// <summary>What is wrong with the parameters of a call that says so before it looks at the checksum; null where nothing is.</summary>
    CallAnswer? BeforeChecksum(RawQuery query) => null;

    /// <summary>An error in the form in which the call answers.</summary>
    CallAnswer Failed(BbbError error) => CallAnswer.Failed(error);

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
