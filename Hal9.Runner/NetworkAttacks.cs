using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Hal9.Runner;

/// <summary>Anything that can be reached over a socket.</summary>
internal static class NetworkAttacks
{
    private const int Packet = 17;
    private const int Vsock = 40;
    private const int Algorithm = 38;
    private const int Patience = 300;

    public static IEnumerable<(string Name, Func<string?> Attack)> All(Dictionary<string, string> places)
    {
        yield return ("connect-loopback", () => Connect(IPAddress.Loopback, places));
        yield return ("connect-loopback-6", () => Connect(IPAddress.IPv6Loopback, places));
        yield return ("connect-host-address", () => Connect(IPAddress.Parse(places["address"]), places));
        yield return ("send-datagram", Datagram);
        yield return ("resolve-name", Resolve);
        yield return ("see-interfaces", () => System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(one => one.Name != "lo")?.Name);
        yield return ("connect-socket-file", () => Local(places["socket"]));
        yield return ("connect-abstract-socket", () => Local("\0" + places["abstract"]));
        yield return ("connect-container-engine", () => Local("/var/run/docker.sock"));
        yield return ("connect-system-bus", () => Local("/run/dbus/system_bus_socket"));
        yield return ("open-packet-socket", () => Opened(Packet, 3));
        yield return ("open-raw-socket", () => Opened(2, 3));
        yield return ("open-hypervisor-socket", () => Opened(Vsock, 1));
        yield return ("open-cipher-socket", () => Opened(Algorithm, 5));
    }

    private static string? Connect(IPAddress address, Dictionary<string, string> places)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var connecting = socket.ConnectAsync(address, int.Parse(places["port"], CultureInfo.InvariantCulture));
        return connecting.Wait(Patience) && socket.Connected ? address.ToString() : null;
    }

    private static string? Datagram()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        return socket.SendTo([1], new IPEndPoint(IPAddress.Parse("192.0.2.1"), 53)) == 1 ? "sent" : null;
    }

    private static string? Resolve()
    {
        var asking = Dns.GetHostAddressesAsync("example.com");
        return asking.Wait(Patience) ? asking.Result.FirstOrDefault()?.ToString() : null;
    }

    private static string? Local(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket.Connected ? path : null;
    }

    private static string? Opened(int family, int type) => Libc.Socket(family, type, 0) is >= 0 and var descriptor ? $"descriptor {descriptor}" : null;
}
