using Scalelite.Simulator.Answers;

namespace Scalelite.Simulator.Meetings;

/// <summary>A user in a meeting.</summary>
internal sealed class Attendee(string userID, string fullName, bool isModerator, IReadOnlyDictionary<string, string> customData)
{
    private byte[]? _xml;
    private bool _isPresenter;
    private bool _hasVideo;
    private bool _hasVoice;

    public bool IsModerator => isModerator;

    public string FullName => fullName;

    public bool IsPresenter
    {
        get => _isPresenter;
        set => Set(ref _isPresenter, value);
    }

    public bool HasVideo
    {
        get => _hasVideo;
        set => Set(ref _hasVideo, value);
    }

    /// <summary>With a microphone; everyone else listens.</summary>
    public bool HasVoice
    {
        get => _hasVoice;
        set => Set(ref _hasVoice, value);
    }

    /// <summary>The <c>attendee</c> element: getMeetings is asked often, users change seldom.</summary>
    public byte[] Xml => _xml ??= Render();

    private void Set(ref bool field, bool value)
    {
        field = value;
        _xml = null;
    }

    private byte[] Render()
    {
        using var xml = new XmlBuffer();
        xml.Raw("<attendee>"u8)
            .Element("userID"u8, userID)
            .Element("fullName"u8, fullName)
            .Element("role"u8, isModerator ? "MODERATOR" : "VIEWER")
            .Element("isPresenter"u8, _isPresenter)
            .Element("isListeningOnly"u8, !_hasVoice)
            .Element("hasJoinedVoice"u8, _hasVoice)
            .Element("hasVideo"u8, _hasVideo)
            .Raw("<clientType>HTML5</clientType>"u8);
        if (customData.Count > 0)
        {
            xml.Raw("<customdata>"u8);
            foreach (var (name, value) in customData)
            {
                xml.Element(System.Text.Encoding.UTF8.GetBytes(name), value);
            }

            xml.Raw("</customdata>"u8);
        }

        return xml.Raw("</attendee>"u8).ToArray();
    }
}
