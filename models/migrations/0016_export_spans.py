from tortoise import migrations
from tortoise.migrations import operations as ops
from models.enums import ExportKind
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0015_roster_imports')]

    initial = False

    operations = [
        ops.AlterField(
            model_name='ReportExport',
            name='kind',
            field=fields.CharEnumField(description='PERSON: person\nCYCLE: cycle\nLEDGER: ledger\nACTIVISTS: activist\nCONTACTS: contact\nMOVEMENTS: movement\nREGISTER: register\nPROCESS: process\nROSTER: roster\nFIGURES: figures', enum_type=ExportKind, max_length=8),
        ),
        ops.AddField(
            model_name='ReportExport',
            name='first_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='ReportExport',
            name='last_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='ReportExport',
            name='unit_id',
            field=fields.IntField(null=True),
        ),
    ]
