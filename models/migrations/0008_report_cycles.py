from tortoise import migrations
from tortoise.migrations import operations as ops
from models.enums import AllowanceKind
from models.fields import MomentField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0007_movement')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReportAllowance',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('uid', fields.CharField(unique=True, max_length=32)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='report_allowances', on_delete=OnDelete.RESTRICT)),
                ('quarter', fields.CharField(max_length=6)),
                ('kind', fields.CharEnumField(description='EXTENSION: extension\nEXEMPTION: exemption', enum_type=AllowanceKind, max_length=12)),
                ('until_on', fields.DateField(null=True)),
                ('reason_sealed', fields.BinaryField()),
                ('granted_by', fields.ForeignKeyField('models.Person', source_field='granted_by_id', db_constraint=True, to_field='id', related_name='report_allowances_granted', on_delete=OnDelete.RESTRICT)),
                ('granted_at', MomentField(auto_now=False, auto_now_add=False)),
                ('withdrawn_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('withdrawn_by_id', fields.IntField(null=True)),
            ],
            options={'table': 'report_allowance', 'app': 'models', 'indexes': [Index(fields=['person', 'quarter']), Index(fields=['quarter', 'until_on'])], 'pk_attr': 'id', 'table_description': 'More time for a report, or none owed, granted by a named person for a reason.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReportSchedule',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('unit', fields.ForeignKeyField('models.Unit', source_field='unit_id', db_constraint=True, to_field='id', related_name='report_schedules', on_delete=OnDelete.RESTRICT)),
                ('months', fields.SmallIntField(null=True)),
                ('opens_before', fields.SmallIntField(null=True)),
                ('closes_after', fields.SmallIntField(default=0, db_default=0)),
                ('from_on', fields.DateField()),
                ('set_by_id', fields.IntField()),
                ('set_at', MomentField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'report_schedule', 'app': 'models', 'indexes': [Index(fields=['unit', 'from_on'])], 'pk_attr': 'id', 'table_description': 'How often a unit and those below it collect reports, from a day on. Rows are only added.'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='ReportCycle',
            options={'table': 'report_cycle', 'app': 'models', 'unique_together': (('unit', 'quarter'),), 'pk_attr': 'id', 'table_description': 'The window in which a unit collects the reports of one cycle.'},
        ),
        ops.AddField(
            model_name='ReportDraft',
            name='sheet_blob_id',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='ReportDraft',
            name='sheet_revision',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='ReportPart',
            name='extract_sealed',
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name='ReportPart',
            name='look',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
    ]
