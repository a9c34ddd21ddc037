using System.Net;
using Scalelite.Workers.Callbacks;
using Xunit;

namespace Scalelite.Workers.Tests.Callbacks;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("127.0.0.1", nameof(AddressRange.Loopback))]
    [InlineData("127.255.255.254", nameof(AddressRange.Loopback))]
    [InlineData("::1", nameof(AddressRange.Loopback))]
    [InlineData("::ffff:127.0.0.1", nameof(AddressRange.Loopback))]
    [InlineData("::127.0.0.1", nameof(AddressRange.Loopback))]
    [InlineData("64:ff9b::7f00:1", nameof(AddressRange.Loopback))]
    [InlineData("2002:7f00:1::", nameof(AddressRange.Loopback))]
    [InlineData("169.254.169.254", nameof(AddressRange.LinkLocal))]
    [InlineData("169.254.170.2", nameof(AddressRange.LinkLocal))]
    [InlineData("::ffff:169.254.169.254", nameof(AddressRange.LinkLocal))]
    [InlineData("64:ff9b::a9fe:a9fe", nameof(AddressRange.LinkLocal))]
    [InlineData("fe80::1", nameof(AddressRange.LinkLocal))]
    [InlineData("fe80::1%1", nameof(AddressRange.LinkLocal))]
    [InlineData("febf::1", nameof(AddressRange.LinkLocal))]
    [InlineData("fd00:ec2::254", nameof(AddressRange.Metadata))]
    [InlineData("fd20:ce::254", nameof(AddressRange.Metadata))]
    [InlineData("100.100.100.200", nameof(AddressRange.Metadata))]
    [InlineData("::ffff:100.100.100.200", nameof(AddressRange.Metadata))]
    [InlineData("168.63.129.16", nameof(AddressRange.Metadata))]
    [InlineData("192.0.0.192", nameof(AddressRange.Metadata))]
    [InlineData("0.0.0.0", nameof(AddressRange.Nobody))]
    [InlineData("0.1.2.3", nameof(AddressRange.Nobody))]
    [InlineData("::", nameof(AddressRange.Nobody))]
    [InlineData("::ffff:0.0.0.0", nameof(AddressRange.Nobody))]
    [InlineData("224.0.0.1", nameof(AddressRange.Nobody))]
    [InlineData("239.255.255.250", nameof(AddressRange.Nobody))]
    [InlineData("255.255.255.255", nameof(AddressRange.Nobody))]
    [InlineData("240.0.0.1", nameof(AddressRange.Nobody))]
    [InlineData("ff02::1", nameof(AddressRange.Nobody))]
    [InlineData("2001:0:1234::1", nameof(AddressRange.Nobody))]
    [InlineData("10.0.0.1", nameof(AddressRange.Private))]
    [InlineData("172.16.0.1", nameof(AddressRange.Private))]
    [InlineData("172.31.255.255", nameof(AddressRange.Private))]
    [InlineData("192.168.1.1", nameof(AddressRange.Private))]
    [InlineData("100.64.0.1", nameof(AddressRange.Private))]
    [InlineData("fd12:3456::1", nameof(AddressRange.Private))]
    [InlineData("::ffff:10.0.0.1", nameof(AddressRange.Private))]
    [InlineData("fec0::1", nameof(AddressRange.Private))]
    [InlineData("172.32.0.1", nameof(AddressRange.Public))]
    [InlineData("100.128.0.1", nameof(AddressRange.Public))]
    [InlineData("169.253.0.1", nameof(AddressRange.Public))]
    [InlineData("93.184.216.34", nameof(AddressRange.Public))]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946", nameof(AddressRange.Public))]
    [InlineData("2001:4860:4860::8888", nameof(AddressRange.Public))]
    public void An_address_is_what_it_leads_to(string address, string range) =>
        Assert.Equal(range, AddressRanges.RangeOf(IPAddress.Parse(address)).ToString());
}
