using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Hal9.Tests.Rules;

/// <summary>A type by name; a nested type goes by its outermost one.</summary>
internal readonly record struct TypeName(string Namespace, string Name)
{
    public bool IsIn(string root) => Namespace == root || Namespace.StartsWith(root + ".", StringComparison.Ordinal);

    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}.{Name}";
}

/// <summary>
/// What the code of an assembly refers to, read from its metadata and IL: base types, interfaces, constraints, attributes, signatures, locals and
/// every instruction. What the compiler leaves no trace of (constants, nameof) is not seen here: <see cref="Sources"/> sees the using directive.
/// </summary>
internal sealed class CompiledCode
{
    private static readonly FrozenDictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToFrozenDictionary(code => code.Value);

    private readonly MetadataReader metadata;
    private readonly PEReader image;
    private readonly HashSet<(TypeName From, TypeName To)> references = [];
    private readonly HashSet<(TypeName From, TypeName Type, string Member)> members = [];
    private readonly List<(TypeName From, string Text)> strings = [];
    private readonly List<(TypeName From, string Member, IReadOnlyList<string> Texts)> renders = [];
    private readonly Names names;
    private TypeName current;

    private CompiledCode(PEReader image)
    {
        this.image = image;
        metadata = image.GetMetadataReader();
        names = new Names(this);
        foreach (var handle in metadata.TypeDefinitions)
        {
            ReadType(handle);
        }
    }

    public static CompiledCode Engine { get; } = Read(typeof(Hal9.Engine.EngineSetup).Assembly);

    public static CompiledCode Web { get; } = Read(typeof(Hal9.Web.WebSetup).Assembly);

    /// <summary>Which type refers to which.</summary>
    public IReadOnlySet<(TypeName From, TypeName To)> References => references;

    /// <summary>Which type uses which method or field.</summary>
    public IReadOnlySet<(TypeName From, TypeName Type, string Member)> Members => members;

    /// <summary>String literals in the code of each type; constants appear where they are used.</summary>
    public IReadOnlyList<(TypeName From, string Text)> Strings => strings;

    /// <summary>The literals that lead up to each call of Blazor's render tree builder; those after the last call of a method, or of one without any, under "".</summary>
    public IReadOnlyList<(TypeName From, string Member, IReadOnlyList<string> Texts)> Renders => renders;

    public static CompiledCode Read(Assembly assembly)
    {
        using var image = new PEReader(File.OpenRead(assembly.Location));
        return new CompiledCode(image);
    }

    private void ReadType(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        current = NameOf(handle);
        See(type.BaseType);
        Attributes(type.GetCustomAttributes());
        Constraints(type.GetGenericParameters());
        foreach (var implemented in type.GetInterfaceImplementations())
        {
            See(metadata.GetInterfaceImplementation(implemented).Interface);
        }
        foreach (var field in type.GetFields())
        {
            Attributes(metadata.GetFieldDefinition(field).GetCustomAttributes());
            metadata.GetFieldDefinition(field).DecodeSignature(names, null);
        }
        foreach (var property in type.GetProperties())
        {
            Attributes(metadata.GetPropertyDefinition(property).GetCustomAttributes());
        }
        foreach (var method in type.GetMethods())
        {
            ReadMethod(metadata.GetMethodDefinition(method));
        }
    }

    private void ReadMethod(MethodDefinition method)
    {
        method.DecodeSignature(names, null);
        Attributes(method.GetCustomAttributes());
        Constraints(method.GetGenericParameters());
        foreach (var parameter in method.GetParameters())
        {
            Attributes(metadata.GetParameter(parameter).GetCustomAttributes());
        }
        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }
        var body = image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            See(body.LocalSignature);
        }
        foreach (var region in body.ExceptionRegions)
        {
            See(region.CatchType);
        }
        ReadInstructions(body.GetILReader());
    }

    private void ReadInstructions(BlobReader il)
    {
        var loaded = new List<string>();
        while (il.RemainingBytes > 0)
        {
            short value = il.ReadByte();
            if (value == 0xFE)
            {
                value = (short)(0xFE00 | il.ReadByte());
            }
            switch (OpCodesByValue[value].OperandType)
            {
                case OperandType.InlineMethod:
                    var called = MetadataTokens.EntityHandle(il.ReadInt32());
                    See(called);
                    if (BuilderMember(called) is { } member)
                    {
                        renders.Add((current, member, [.. loaded]));
                        loaded.Clear();
                    }
                    break;
                case OperandType.InlineField or OperandType.InlineTok or OperandType.InlineType or OperandType.InlineSig:
                    See(MetadataTokens.EntityHandle(il.ReadInt32()));
                    break;
                case OperandType.InlineString:
                    var literal = metadata.GetUserString((UserStringHandle)MetadataTokens.Handle(il.ReadInt32()));
                    strings.Add((current, literal));
                    loaded.Add(literal);
                    break;
                case OperandType.InlineSwitch:
                    var targets = il.ReadInt32();
                    il.Offset += 4 * targets;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    il.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    il.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    il.Offset += 8;
                    break;
                default:
                    il.Offset += 4;
                    break;
            }
        }
        if (loaded.Count > 0)
        {
            renders.Add((current, "", loaded));
        }
    }

    private string? BuilderMember(EntityHandle handle)
    {
        var method = handle.Kind is HandleKind.MethodSpecification ? metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method : handle;
        return method.Kind is HandleKind.MemberReference && metadata.GetMemberReference((MemberReferenceHandle)method) is { Parent.Kind: HandleKind.TypeReference } member
            && NameOf((TypeReferenceHandle)member.Parent).Name == "RenderTreeBuilder"
            ? metadata.GetString(member.Name)
            : null;
    }

    private void See(EntityHandle handle)
    {
        if (handle.IsNil)
        {
            return;
        }
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                references.Add((current, NameOf((TypeDefinitionHandle)handle)));
                break;
            case HandleKind.TypeReference:
                references.Add((current, NameOf((TypeReferenceHandle)handle)));
                break;
            case HandleKind.TypeSpecification:
                metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(names, null);
                break;
            case HandleKind.StandaloneSignature:
                var signature = metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle);
                if (signature.GetKind() == StandaloneSignatureKind.LocalVariables)
                {
                    signature.DecodeLocalSignature(names, null);
                }
                else
                {
                    signature.DecodeMethodSignature(names, null);
                }
                break;
            case HandleKind.MethodDefinition:
                var method = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                See(method.GetDeclaringType());
                members.Add((current, NameOf(method.GetDeclaringType()), metadata.GetString(method.Name)));
                method.DecodeSignature(names, null);
                break;
            case HandleKind.FieldDefinition:
                var field = metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                See(field.GetDeclaringType());
                members.Add((current, NameOf(field.GetDeclaringType()), metadata.GetString(field.Name)));
                field.DecodeSignature(names, null);
                break;
            case HandleKind.MethodSpecification:
                var specification = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                See(specification.Method);
                specification.DecodeSignature(names, null);
                break;
            case HandleKind.MemberReference:
                SeeMember(metadata.GetMemberReference((MemberReferenceHandle)handle));
                break;
            default:
                throw new InvalidOperationException($"A {handle.Kind} was not expected here.");
        }
    }

    private void SeeMember(MemberReference member)
    {
        See(member.Parent);
        var parent = member.Parent.Kind switch
        {
            HandleKind.TypeReference => NameOf((TypeReferenceHandle)member.Parent),
            HandleKind.TypeDefinition => NameOf((TypeDefinitionHandle)member.Parent),
            HandleKind.TypeSpecification => metadata.GetTypeSpecification((TypeSpecificationHandle)member.Parent).DecodeSignature(names, null),
            _ => default,
        };
        members.Add((current, parent, metadata.GetString(member.Name)));
        if (member.GetKind() == MemberReferenceKind.Method)
        {
            member.DecodeMethodSignature(names, null);
        }
        else
        {
            member.DecodeFieldSignature(names, null);
        }
    }

    private void Attributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes)
        {
            See(metadata.GetCustomAttribute(attribute).Constructor);
        }
    }

    private void Constraints(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(p => metadata.GetGenericParameter(p).GetConstraints()))
        {
            See(metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private TypeName NameOf(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } outer
            ? NameOf(outer)
            : new TypeName(metadata.GetString(type.Namespace), metadata.GetString(type.Name));
    }

    private TypeName NameOf(TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? NameOf((TypeReferenceHandle)type.ResolutionScope)
            : new TypeName(metadata.GetString(type.Namespace), metadata.GetString(type.Name));
    }

    /// <summary>Notes each type that a signature names.</summary>
    private sealed class Names(CompiledCode code) : ISignatureTypeProvider<TypeName, object?>
    {
        public TypeName GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Note(code.NameOf(handle));

        public TypeName GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Note(code.NameOf(handle));

        public TypeName GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public TypeName GetGenericInstantiation(TypeName genericType, ImmutableArray<TypeName> typeArguments) => genericType;

        public TypeName GetArrayType(TypeName elementType, ArrayShape shape) => elementType;

        public TypeName GetSZArrayType(TypeName elementType) => elementType;

        public TypeName GetByReferenceType(TypeName elementType) => elementType;

        public TypeName GetPointerType(TypeName elementType) => elementType;

        public TypeName GetPinnedType(TypeName elementType) => elementType;

        public TypeName GetModifiedType(TypeName modifier, TypeName unmodifiedType, bool isRequired) => unmodifiedType;

        public TypeName GetPrimitiveType(PrimitiveTypeCode typeCode) => new("System", typeCode.ToString());

        public TypeName GetFunctionPointerType(MethodSignature<TypeName> signature) => default;

        public TypeName GetGenericMethodParameter(object? genericContext, int index) => default;

        public TypeName GetGenericTypeParameter(object? genericContext, int index) => default;

        private TypeName Note(TypeName name)
        {
            code.references.Add((code.current, name));
            return name;
        }
    }
}
