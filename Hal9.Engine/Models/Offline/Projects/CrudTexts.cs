namespace Hal9.Engine.Models.Offline.Projects;

/// <summary>
/// The texts of a CRUD API, with places for names and fields. The tests live below the namespace of the code: an entity may be called Task or File, and its
/// own namespace is asked before what the compiler brings in by itself.
/// </summary>
internal static class CrudTexts
{
    public const string Data = """
        namespace Crud;

        /// <summary>One $Said$.</summary>
        public sealed record $Entity$(int Id, $Members$);

        /// <summary>What a request brings.</summary>
        public sealed record $Entity$Body($Members$);

        """;

    public const string StoreSurface = """
        namespace Crud;

        public sealed class $Entity$Store
        {
            public $Entity$ Add($Entity$Body body) => throw new NotSupportedException();

            public $Entity$? Find(int id) => throw new NotSupportedException();

            public bool Change(int id, $Entity$Body body) => throw new NotSupportedException();

            public bool Remove(int id) => throw new NotSupportedException();

            public IReadOnlyList<$Entity$> All() => throw new NotSupportedException();
        }

        """;

    public const string ApiSurface = """
        namespace Crud;

        public sealed class $Entity$Api($Entity$Store store)
        {
            public (int Status, object? Body) Create($Entity$Body body) => throw new NotSupportedException(store.ToString());

            public (int Status, object? Body) Read(int id) => throw new NotSupportedException();

            public (int Status, object? Body) Update(int id, $Entity$Body body) => throw new NotSupportedException();

            public (int Status, object? Body) Delete(int id) => throw new NotSupportedException();

            public (int Status, object? Body) List() => throw new NotSupportedException();
        }

        """;

    public const string Store = """
        namespace Crud;

        /// <summary>Keeps entries in memory; safe for several requests at once.</summary>
        public sealed class $Entity$Store
        {
            private readonly object gate = new();
            private readonly SortedDictionary<int, $Entity$> items = [];
            private int last;

            public $Entity$ Add($Entity$Body body)
            {
                lock (gate)
                {
                    var made = Of(++last, body);
                    items.Add(made.Id, made);
                    return made;
                }
            }

            public $Entity$? Find(int id)
            {
                lock (gate)
                {
                    return items.TryGetValue(id, out var found) ? found : null;
                }
            }

            public bool Change(int id, $Entity$Body body)
            {
                lock (gate)
                {
                    if (!items.ContainsKey(id))
                    {
                        return false;
                    }
                    var changed = Of(id, body);
                    items[id] = changed;
                    return true;
                }
            }

            public bool Remove(int id)
            {
                lock (gate)
                {
                    return items.Remove(id);
                }
            }

            public IReadOnlyList<$Entity$> All()
            {
                lock (gate)
                {
                    return [.. items.Values];
                }
            }

            private static $Entity$ Of(int id, $Entity$Body body) => new(id, $FromBody$);
        }

        """;

    public const string Api = """
        namespace Crud;

        /// <summary>What each request is answered with: status and body, without HTTP.</summary>
        public sealed class $Entity$Api($Entity$Store store)
        {
            /// <summary>The address of all.</summary>
            public const string Every = "/$Route$";

            /// <summary>The address of one.</summary>
            public const string One = "/$Route$/{id:int}";

            public (int Status, object? Body) Create($Entity$Body body) => FaultOf(body) is { } fault ? (400, fault) : (201, store.Add(body));

            public (int Status, object? Body) Read(int id) => store.Find(id) is { } found ? (200, found) : (404, null);

            public (int Status, object? Body) Update(int id, $Entity$Body body) =>
                FaultOf(body) is { } fault ? (400, fault)
                : store.Change(id, body) ? (200, store.Find(id))
                : (404, null);

            public (int Status, object? Body) Delete(int id) => store.Remove(id) ? (204, null) : (404, null);

            public (int Status, object? Body) List() => (200, store.All());

            private static string? FaultOf($Entity$Body body) =>
                body is null ? "the body is missing"
                    : $Fault$;
        }

        """;

    public const string Program = """
        using Crud;

        var app = WebApplication.CreateBuilder(args).Build();
        var api = new $Entity$Api(new $Entity$Store());
        app.MapPost($Entity$Api.Every, ($Entity$Body body) => Answer(api.Create(body)));
        app.MapGet($Entity$Api.Every, () => Answer(api.List()));
        app.MapGet($Entity$Api.One, (int id) => Answer(api.Read(id)));
        app.MapPut($Entity$Api.One, (int id, $Entity$Body body) => Answer(api.Update(id, body)));
        app.MapDelete($Entity$Api.One, (int id) => Answer(api.Delete(id)));
        app.Run();

        static IResult Answer((int Status, object? Body) answer) =>
            answer.Body is null ? Results.StatusCode(answer.Status) : Results.Json(answer.Body, statusCode: answer.Status);

        """;

    public const string StoreTests = """
        using Xunit;

        namespace Crud.UnitTests;

        public sealed class $Entity$StoreTests
        {
            [Fact]
            public void Remove_Known_IsTrueOnce()
            {
                var store = new $Entity$Store();
                store.Add(new $Entity$Body($One$));

                Assert.True(store.Remove(1));
                Assert.False(store.Remove(1));
                Assert.Null(store.Find(1));
            }

            [Fact]
            public void Add_AfterARemoval_HasANewId()
            {
                var store = new $Entity$Store();
                store.Add(new $Entity$Body($One$));
                store.Remove(1);

                Assert.Equal(2, store.Add(new $Entity$Body($One$)).Id);
            }

            [Fact]
            public void Change_Unknown_IsFalse() => Assert.False(new $Entity$Store().Change(1, new $Entity$Body($One$)));
        }

        """;

    public const string ApiTests = """
        using Xunit;

        namespace Crud.UnitTests;

        public sealed class $Entity$ApiTests
        {
            [Fact]
            public void Addresses_AreTheAgreedOnes() => Assert.Equal(("/$Route$", "/$Route$/{id:int}"), ($Entity$Api.Every, $Entity$Api.One));

            [Fact]
            public void Create_NoBody_Is400() => Assert.Equal((400, "the body is missing"), new $Entity$Api(new $Entity$Store()).Create(null!));

            [Fact]
            public void Update_Known_Is200()
            {
                var api = new $Entity$Api(new $Entity$Store());
                api.Create(new $Entity$Body($One$));

                Assert.Equal((200, new $Entity$(1, $Other$)), api.Update(1, new $Entity$Body($Other$)));
                Assert.Equal(400, api.Update(1, null!).Status);
            }
        }

        """;

    public const string Create = """
        using Xunit;

        namespace Crud.AcceptanceTests;

        public sealed class AC_1_CreateTests
        {
            [Fact]
            public void AC_1_Created_CanBeRead()
            {
                var api = new $Entity$Api(new $Entity$Store());

                Assert.Equal((201, new $Entity$(1, $One$)), api.Create(new $Entity$Body($One$)));
                Assert.Equal((201, new $Entity$(2, $Other$)), api.Create(new $Entity$Body($Other$)));
                Assert.Equal((200, new $Entity$(1, $One$)), api.Read(1));
                Assert.Equal((200, new $Entity$(2, $Other$)), api.Read(2));
            }
        }

        """;

    public const string Update = """
        using Xunit;

        namespace Crud.AcceptanceTests;

        public sealed class AC_2_UpdateTests
        {
            [Fact]
            public void AC_2_Updated_IsReadAsChanged()
            {
                var store = new $Entity$Store();
                store.Add(new $Entity$Body($One$));
                store.Add(new $Entity$Body($One$));

                Assert.True(store.Change(1, new $Entity$Body($Other$)));
                Assert.Equal(new $Entity$(1, $Other$), store.Find(1));
                Assert.Equal(new $Entity$(2, $One$), store.Find(2));
            }
        }

        """;

    public const string Delete = """
        using Xunit;

        namespace Crud.AcceptanceTests;

        public sealed class AC_3_DeleteTests
        {
            [Fact]
            public void AC_3_Deleted_IsGoneAndTheOtherIsThere()
            {
                var api = new $Entity$Api(new $Entity$Store());
                api.Create(new $Entity$Body($One$));
                api.Create(new $Entity$Body($Other$));

                Assert.Equal(204, api.Delete(1).Status);
                Assert.Equal(404, api.Read(1).Status);
                Assert.Equal(200, api.Read(2).Status);
            }
        }

        """;

    public const string Unknown = """
        using Xunit;

        namespace Crud.AcceptanceTests;

        public sealed class AC_4_UnknownTests
        {
            [Fact]
            public void AC_4_Unknown_Is404()
            {
                var api = new $Entity$Api(new $Entity$Store());

                Assert.Equal(404, api.Read(7).Status);
                Assert.Equal(404, api.Update(7, new $Entity$Body($One$)).Status);
                Assert.Equal(404, api.Delete(7).Status);
            }
        }

        """;

    public const string List = """
        using Xunit;

        namespace Crud.AcceptanceTests;

        public sealed class AC_5_ListTests
        {
            [Fact]
            public void AC_5_List_IsInOrder()
            {
                var store = new $Entity$Store();
                store.Add(new $Entity$Body($One$));
                store.Add(new $Entity$Body($Other$));
                store.Add(new $Entity$Body($One$));
                store.Remove(2);

                Assert.Equal([new $Entity$(1, $One$), new $Entity$(3, $One$)], store.All());
                var (status, body) = new $Entity$Api(store).List();
                Assert.Equal(200, status);
                Assert.Equal(2, Assert.IsAssignableFrom<IReadOnlyList<$Entity$>>(body).Count);
            }
        }

        """;

    public const string Empty = """
        using Xunit;

        namespace Crud.AcceptanceTests;

        public sealed class AC_6_EmptyTests
        {
            [Fact]
            public void AC_6_EmptyText_IsRefused()
            {
                var store = new $Entity$Store();
                var api = new $Entity$Api(store);

                Assert.Equal(400, api.Create(new $Entity$Body($Blank$)).Status);
                Assert.Empty(store.All());
            }
        }

        """;
}
