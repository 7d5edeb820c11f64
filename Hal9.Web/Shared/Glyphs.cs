namespace Hal9.Web.Shared;

/// <summary>The console's own icons: strokes on a 24 by 24 grid, drawn by <see cref="Icon"/>.</summary>
internal static class Glyphs
{
    public const string Chat = "<path d='M4 5h16v11H10l-5 4v-4H4z'/>";
    public const string Runs = "<circle cx='6' cy='5' r='2'/><circle cx='18' cy='12' r='2'/><circle cx='18' cy='19' r='2'/><path d='M6 7v10a2 2 0 0 0 2 2h8M6 12h10'/>";
    public const string Hierarchy = "<rect x='9' y='3' width='6' height='5' rx='1'/><rect x='3' y='16' width='6' height='5' rx='1'/><rect x='15' y='16' width='6' height='5' rx='1'/><path d='M12 8v4M6 16v-4h12v4'/>";
    public const string Plus = "<path d='M12 5v14M5 12h14'/>";
    public const string Pencil = "<path d='M4 20h4L19 9l-4-4L4 16zM13 7l4 4'/>";
    public const string Folder = "<path d='M3 6h6l2 2h10v11H3z'/>";
    public const string Tag = "<path d='M4 4h8l8 8-8 8-8-8zM8 8h.01'/>";
    public const string Pin = "<path d='M9 4h6l-1 7 3 3H7l3-3zM12 14v6'/>";
    public const string Share = "<circle cx='6' cy='12' r='2.5'/><circle cx='18' cy='6' r='2.5'/><circle cx='18' cy='18' r='2.5'/><path d='M8.2 10.8l7.6-3.7M8.2 13.2l7.6 3.7'/>";
    public const string Temporary = "<path d='M4 5h16v11H10l-5 4v-4H4z' stroke-dasharray='3 3'/>";
    public const string Clip = "<path d='M19 11l-7.5 7.5a4.5 4.5 0 0 1-6.4-6.4L12.6 4.600a3 3 0 0 1 4.300 4.300L9.500 16.300a1.500 1.500 0 0 1-2.100-2.100L14 7.600'/>";
    public const string File = "<path d='M6 3h8l4 4v14H6zM14 3v4h4'/>";
    public const string Book = "<path d='M5 4h6a2 2 0 0 1 2 2v14a2 2 0 0 0-2-2H5zM19 4h-4a2 2 0 0 0-2 2v14a2 2 0 0 1 2-2h4z'/>";
    public const string Archive = "<path d='M3 5h18v4H3zM5 9v10h14V9M10 13h4'/>";
    public const string Copy = "<rect x='9' y='9' width='11' height='11' rx='2'/><path d='M15 9V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h3'/>";
    public const string ThumbUp = "<path d='M7 11v9H4v-9zM7 11l4-7a2 2 0 0 1 2 2v4h5a2 2 0 0 1 2 2.3l-1 6a2 2 0 0 1-2 1.7H7'/>";
    public const string ThumbDown = "<path d='M17 13V4h3v9zM17 13l-4 7a2 2 0 0 1-2-2v-4H6a2 2 0 0 1-2-2.3l1-6A2 2 0 0 1 7 4h10'/>";
    public const string Again = "<path d='M20 11a8 8 0 1 0-2 6M20 4v7h-7'/>";
    public const string Left = "<path d='M14 6l-6 6 6 6'/>";
    public const string Right = "<path d='M10 6l6 6-6 6'/>";
    public const string Down = "<path d='M6 9l6 6 6-6'/>";
    public const string Up = "<path d='M12 19V5M6 11l6-6 6 6'/>";
    public const string Stop = "<rect x='7' y='7' width='10' height='10' rx='1.5' fill='currentColor'/>";
    public const string Open = "<path d='M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9'/>";
    public const string Sidebar = "<rect x='3' y='5' width='18' height='14' rx='2'/><path d='M9 5v14'/>";
    public const string Sun = "<circle cx='12' cy='12' r='4'/><path d='M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M19 5l-1.5 1.5M6.5 17.5L5 19'/>";
    public const string Moon = "<path d='M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z'/>";
    public const string Screen = "<rect x='3' y='4' width='18' height='12' rx='2'/><path d='M9 20h6M12 16v4'/>";
    public const string Keyboard = "<rect x='2' y='6' width='20' height='12' rx='2'/><path d='M6 10h.01M10 10h.01M14 10h.01M18 10h.01M8 14h8'/>";
    public const string Prompt = "<rect x='3' y='4' width='18' height='16' rx='2'/><path d='M7 9l3 3-3 3M12 15h5'/>";
    public const string Person = "<circle cx='12' cy='8' r='4'/><path d='M4 20c1-4 4-6 8-6s7 2 8 6'/>";
    public const string Leave = "<path d='M10 4H5v16h5M15 8l4 4-4 4M19 12H9'/>";
    public const string Pause = "<path d='M9 6v12M15 6v12'/>";
    public const string Play = "<path d='M8 5l11 7-11 7z'/>";
    public const string Search = "<circle cx='11' cy='11' r='6'/><path d='M20 20l-4.5-4.5'/>";
    public const string ZoomOut = "<circle cx='11' cy='11' r='6'/><path d='M20 20l-4.5-4.5M8.5 11h5'/>";
    public const string Dashboard = "<rect x='3' y='4' width='8' height='7' rx='1.5'/><rect x='13' y='4' width='8' height='4' rx='1.5'/><rect x='3' y='13' width='8' height='7' rx='1.5'/><rect x='13' y='10' width='8' height='10' rx='1.5'/>";
    public const string Code = "<path d='M9 8l-4 4 4 4M15 8l4 4-4 4'/>";
    public const string Models = "<path d='M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5'/>";
    public const string Costs = "<path d='M5 20V11M10 20V5M15 20v-6M20 20V8M3 20h18'/>";
    public const string Budgets = "<path d='M4 16a8 8 0 1 1 16 0M12 16l4-6M4 20h16'/>";
    public const string History = "<path d='M4 12a8 8 0 1 0 3-6.2M4 4v4h4M12 8v4l3 2'/>";
    public const string Settings = "<path d='M4 7h10M18 7h2M4 17h2M10 17h10'/><circle cx='16' cy='7' r='2'/><circle cx='8' cy='17' r='2'/>";
    public const string Wall = "<path d='M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5'/>";
    public const string Close = "<path d='M6 6l12 12M18 6L6 18'/>";

    public const string Swap = "<path d='M8 5L4 9l4 4M4 9h13M16 11l4 4-4 4M20 15H7'/>";
    public const string Columns = "<rect x='3' y='5' width='18' height='14' rx='2'/><path d='M9 5v14M15 5v14'/>";
    public const string Download = "<path d='M12 4v11M7 11l5 5 5-5M5 20h14'/>";
    public const string Sort = "<path d='M8 9l4-4 4 4M8 15l4 4 4-4'/>";
    public const string SortUp = "<path d='M6 14l6-6 6 6'/>";
    public const string SortDown = "<path d='M6 10l6 6 6-6'/>";
    public const string Bookmark = "<path d='M6 4h12v16l-6-4-6 4z'/>";
    public const string Bell = "<path d='M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4'/>";
    public const string Menu = "<path d='M4 7h16M4 12h16M4 17h16'/>";
    public const string Queued = "<circle cx='12' cy='12' r='8' stroke-dasharray='3 3'/>";
    public const string Working = "<path d='M12 4a8 8 0 1 1-7 4'/>";
    public const string Waiting = "<circle cx='12' cy='12' r='8'/><path d='M12 8v4l3 2'/>";
    public const string Frozen = "<path d='M12 3v18M4 7.5l16 9M20 7.5l-16 9'/>";
    public const string Good = "<circle cx='12' cy='12' r='8'/><path d='M8.5 12l2.5 2.5 4.5-5'/>";
    public const string Failing = "<path d='M12 4l9 16H3zM12 10v4M12 17h.01'/>";
    public const string Cancelled = "<circle cx='12' cy='12' r='8'/><path d='M6.5 6.5l11 11'/>";
    public const string Refused = "<path d='M8.5 4h7L20 8.5v7L15.5 20h-7L4 15.5v-7zM8 12h8'/>";
}
