from tortoise import migrations
from tortoise.migrations import operations as ops
from models.enums import HelpKind, HelpState
from models.fields import MomentField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0012_console')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AssistanceCase',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('uid', fields.CharField(unique=True, max_length=32)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='assistance_cases', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='WAGES: wages\nINJURY: injury\nSCHOOL: school\nELDERS: elders\nFIELDS: fields\nOTHER: other', enum_type=HelpKind, max_length=12)),
                ('words_sealed', fields.BinaryField()),
                ('state', fields.CharEnumField(description='OPEN: open\nTAKEN: taken\nDONE: done\nCLOSED: closed\nCANCELLED: cancelled', enum_type=HelpState, max_length=12)),
                ('opened_by_id', fields.IntField()),
                ('opened_at', MomentField(auto_now=False, auto_now_add=False)),
                ('taken_by_id', fields.IntField(null=True)),
                ('taken_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('asked_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('done_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('confirmed_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('source_key', fields.CharField(unique=True, max_length=80)),
            ],
            options={'table': 'assistance_case', 'app': 'models', 'indexes': [Index(fields=['person', 'state']), Index(fields=['state', 'taken_at'])], 'pk_attr': 'id', 'table_description': 'One thing somebody needs help with; his words are sealed, at most 200 characters.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Contact',
            name='topics',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
    ]
